"""Configurations of a size that fleets have: many models, targets or keys."""

import load
import weir_servers



def providers(count, port, probe="tcp", interval="1h"):
    """`count` entries of the list `providers`, all at one port. By default
    they are hardly probed: that is not what is measured."""
    return "".join(weir_servers.provider(f"provider-{i}", port, probe=probe,
                                         interval=interval)
                   for i in range(count))


def models(count, targets):
    """`count` models with `targets` targets each, a provider's each, all under
    names of their own."""
    return "".join(
        f"  - name: {load.MODEL}-{model}\n    targets: ["
        + ", ".join(f"{{provider: provider-{i}, model: upstream-{model}}}"
                    for i in range(targets)) + "]\n"
        for model in range(count))


def keys(count):
    return "".join(weir_servers.client_key(f"key-{i}", f"{load.KEY}-{i}")
                   for i in range(count))


def catalog(port, model_count, target_count, key_count, **probes):
    """All three. A single model or key has no number in its name."""
    if model_count == 1:
        model_list = (f"  - name: {load.MODEL}\n"
                      "    targets: [{provider: provider-0}]\n")
    else:
        model_list = models(model_count, target_count)
    key_list = keys(key_count) if key_count > 1 else weir_servers.client_key(
        "bench")
    return (f"providers:\n{providers(target_count, port, **probes)}"
            f"models:\n{model_list}client_keys:\n{key_list}")
