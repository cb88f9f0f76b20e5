"""The Dockerfile fits the tree: what it builds, installs and exposes."""

import functools
import os
import re
import shlex
import subprocess
import unittest

import manifests
import servers

DOCKERFILE = manifests.ROOT / "deploy" / "Dockerfile"
SCRIPT = manifests.ROOT / "deploy" / "build_images.sh"
BINARIES = {"weir-controlplane", "weir-dataplane", "weirctl",
            "weir-simprovider"}


@functools.cache
def stages():
    """Instructions by stage, as pairs of word and rest."""
    text = re.sub(r"\\\n", " ", DOCKERFILE.read_text())
    found, stage = {}, None
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            stage = rest.split(" AS ")[1]
            found[stage] = [(word, rest)]
        elif stage:
            found[stage].append((word, rest))
    return found


def installed_by_runtime():
    for word, rest in stages()["runtime"]:
        if word == "RUN" and "apt-get" in rest:
            install = re.search(r"install -y --no-install-recommends (.*?) &&",
                                rest).group(1)
            return set(install.split())
    return set()


def dpkg_query(*arguments):
    return subprocess.run(["dpkg-query", *arguments], capture_output=True,
                          text=True, check=True, timeout=60).stdout


def with_dependencies(packages):
    """All that comes with them, as this machine has it."""
    wanted, all_of_them = list(packages), set()
    depends = {}
    for line in dpkg_query(
            "-W", "-f=${Package}\t${Pre-Depends}, ${Depends}\n").splitlines():
        package, rest = line.split("\t", 1)
        depends[package] = re.findall(r"([a-z0-9][a-z0-9+.-]+)(?=[ :,|(]|$)",
                                      re.sub(r"\([^)]*\)", "", rest))
    while wanted:
        package = wanted.pop()
        if package in all_of_them or package not in depends:
            continue
        all_of_them.add(package)
        wanted += depends[package]
    return all_of_them


def libraries(binary):
    """Paths of the shared libraries that a binary loads."""
    listing = subprocess.run(["ldd", servers.binary(binary)], check=True,
                             capture_output=True, text=True, timeout=30).stdout
    return {os.path.realpath(path)
            for path in re.findall(r"=> (/\S+)", listing)}


@functools.cache
def owners():
    """Packages of all these libraries by their paths."""
    paths = sorted(set().union(*map(libraries, BINARIES)))
    # To dpkg, /lib is not /usr/lib; it fails for the spelling it has not.
    spellings = [*paths, *(path.removeprefix("/usr") for path in paths)]
    listing = subprocess.run(["dpkg-query", "-S", *spellings], timeout=60,
                             capture_output=True, text=True, check=False)
    found = {}
    for line in listing.stdout.splitlines():
        package, path = line.split(": ", 1)
        found[os.path.realpath(path)] = package.split(":")[0]
    return found


class DockerfileTest(unittest.TestCase):
    def test_each_binary_is_a_target_that_runs_it(self):
        self.assertEqual(set(stages()) - {"build", "runtime"}, BINARIES)
        for name in BINARIES:
            words = dict(stages()[name])
            with self.subTest(image=name):
                self.assertEqual(words["FROM"], f"runtime AS {name}")
                self.assertEqual(words["COPY"],
                                 f"--from=build /out/{name} /usr/bin/")
                # In this form without a shell.
                self.assertEqual(words["ENTRYPOINT"], f'["/usr/bin/{name}"]')

    def test_they_run_as_who_the_manifests_say(self):
        words = dict(stages()["runtime"])
        self.assertEqual(words["STOPSIGNAL"], "SIGTERM")
        for overlay in manifests.OVERLAYS:
            for workload in manifests.Bundle(overlay).workloads():
                context = workload.pod["securityContext"]
                self.assertEqual(
                    words["USER"],
                    f"{context['runAsUser']}:{context['runAsGroup']}")

    def test_ports_are_those_that_pods_have(self):
        for overlay in manifests.OVERLAYS:
            for workload in manifests.Bundle(overlay).workloads():
                exposed = dict(stages()[workload.binary])["EXPOSE"].split()
                self.assertEqual({int(port) for port in exposed},
                                 set(workload.ports.values()))

    def test_what_is_copied_is_there(self):
        for word, rest in stages()["build"]:
            if word == "COPY":
                for source in rest.split()[:-1]:
                    self.assertTrue((manifests.ROOT / source).exists(), source)

    def test_every_library_comes_with_the_runtime(self):
        there = with_dependencies(installed_by_runtime())
        for name in sorted(BINARIES):
            found = libraries(name)
            self.assertGreater(len(found), 5)
            for path in found:
                with self.subTest(image=name, library=path):
                    self.assertIn(owners()[path], there)

    def test_nothing_more_is_installed_than_is_loaded(self):
        self.assertEqual(installed_by_runtime() - set(owners().values()),
                         {"ca-certificates"})


class ScriptTest(unittest.TestCase):
    def run_script(self, *arguments, **environment):
        return subprocess.run(
            [SCRIPT, *arguments], env={**os.environ, **environment},
            capture_output=True, text=True, check=False, timeout=60)

    def test_it_asks_the_engine_for_each_image(self):
        done = self.run_script("--tag", "t", "--base", "b", ENGINE="echo",
                               BUILD_FLAGS="--network host", JOBS="3")
        self.assertEqual(done.returncode, 0, done.stderr)
        asked = [shlex.split(line) for line in done.stdout.splitlines()
                 if line.startswith("build ")]
        self.assertEqual([words[words.index("--target") + 1]
                          for words in asked],
                         [name for name in stages()
                          if name not in ("build", "runtime")])
        for words in asked:
            self.assertEqual(words[1:7], [
                "--network", "host", "--build-arg", "BASE=b", "--build-arg",
                "CMAKE_BUILD_PARALLEL_LEVEL=3"])

    def test_what_can_not_be_meant_is_refused(self):
        for arguments, word in ((("--base", "b", "--make-base"), "contradict"),
                                (("--check", "--base", "b"), "--check"),
                                (("--tag",), "--tag needs a value"),
                                (("weir-nothing",), "weir-dataplane")):
            done = self.run_script(*arguments, ENGINE="false")
            with self.subTest(arguments=arguments):
                self.assertEqual(done.returncode, 2)
                self.assertIn(word, done.stderr)

    @unittest.skipUnless(
        "WEIR_TEST_IMAGES" in os.environ,
        "images that were built run as they should: takes a quarter of an "
        "hour to build, so only with WEIR_TEST_IMAGES=1 after build_images.sh")
    def test_images_run(self):
        done = subprocess.run([SCRIPT, "--check"], capture_output=True,
                              text=True, check=False, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
