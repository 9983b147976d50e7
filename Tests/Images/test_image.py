"""What is in an image, and what is not."""

import re
import stat
import subprocess

import pytest

from support.docker import docker
from support.paths import REPOSITORY

MEGABYTE = 1_000_000
OTHER = {"api": "worker", "worker": "api"}
# libpq, and what it loads for TLS, Kerberos and LDAP.
LIBPQ = {
    "libpq", "libssl", "libcrypto", "libgssapi_krb5", "libkrb5", "libk5crypto", "libcom_err", "libkrb5support", "libldap-2.5",
    "liblber-2.5", "libsasl2", "libgnutls", "libkeyutils", "libresolv", "libp11-kit", "libidn2", "libunistring", "libtasn1",
    "libnettle", "libhogweed", "libgmp", "libffi",
}  # fmt: skip
# Names of modules that only one of the programs has; Swift keeps them in a stripped program, too.
OWN_MODULES = {
    "api": ["Hummingbird", "HummingbirdCore", "ShrinkrAPI", "ClickJournal", "APILaunch"],
    "worker": ["AWSS3", "ShrinkrWorker", "WorkerLaunch"],
}


def test_it_runs_as_nobody_in_particular(image):
    """A number, so that whoever runs it can see that this is not root."""
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", image.config["User"])


def test_its_commands_need_no_shell(image):
    program = f"/{image.program_path}"
    assert image.config["Entrypoint"] == [program] and not image.config.get("Cmd")
    assert image.config["Healthcheck"]["Test"] == ["CMD", program, "healthcheck"]


def test_labels_say_what_it_is_and_where_it_comes_from(image):
    labels = {name.removeprefix("org.opencontainers.image."): text for name, text in image.config["Labels"].items()}
    assert labels["title"] == image.title and labels["licenses"] == "Apache-2.0"
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True).stdout
    assert labels["revision"] == revision.strip()
    assert labels["version"] == docker("run", "--rm", image.name, "--version").stdout.strip()
    assert set(labels) == {"title", "description", "licenses", "source", "revision", "version"}


def test_it_is_small(image, measured):
    """As a registry stores it, with everything that it is based on."""
    size, program = image.compressed_size / MEGABYTE, len(image.program) / MEGABYTE
    everything = sum(len(layer) for layer in image.layers) / MEGABYTE
    measured.append(f"{image.name}: {size:.1f} MB compressed, {everything:.1f} MB unpacked, program {program:.1f} MB")
    assert size <= 60


def test_it_holds_one_program_and_no_tools(image):
    files = {path: member for path, member in image.files.items() if member.isfile()}
    executable = {path for path, member in files.items() if member.mode & 0o111}
    libraries = {path for path in executable if re.search(r"\.so(\.\d+)*$", path)}
    assert executable - libraries == {image.program_path}
    assert all(path.startswith(("lib/", "lib64/", "usr/lib/")) for path in libraries)


def test_its_program_cannot_be_changed(image):
    """All is root's but the data directory, and nothing lends root's rights."""
    user = int(image.config["User"].split(":")[0])
    assert {path for path, member in image.files.items() if member.uid} == {"var/lib/shrinkr"}
    assert image.files["var/lib/shrinkr"].uid == user and image.files["var/lib/shrinkr"].isdir()
    for path, member in image.files.items():
        assert not member.mode & (stat.S_ISUID | stat.S_ISGID) or member.isdir(), path
        writable = member.mode & stat.S_IWOTH and not member.issym()
        assert not writable or member.mode & stat.S_ISVTX, path


def test_no_secret_is_left_in_it(image):
    """Neither a variable nor a file; the sources, the builder's settings and caches stay behind as well."""
    assert {variable.split("=")[0] for variable in image.config["Env"]} <= {
        "PATH", "SHRINKR_DATA_DIR", "SHRINKR_HTTP_HOST",
    }  # fmt: skip
    assert not re.search(r"secret|token|password|api_key", image.history, re.IGNORECASE)
    for path in image.files:
        assert not re.search(r"\.(swift|git|env|netrc|pem|key)$|^(root|home)/.|^(src|out|packages)\b", path), path


def test_it_links_the_c_libraries_alone(image):
    """Swift's own are inside. What a new one of these would need must come into the image first."""
    names = {re.sub(r"\.so.*", "", name) for name in image.libraries}
    assert names - {"linux-vdso"} - LIBPQ == {
        "ld-linux-x86-64" if "ld-linux-x86-64" in names else "ld-linux-aarch64", "libc", "libgcc_s", "libm",
        "libsqlite3", "libstdc++", "libz",
    }  # fmt: skip
    assert "libpq" in names


def test_scanners_see_the_packages(image):
    listed = {path.rpartition("/")[2] for path in image.files if path.startswith("var/lib/dpkg/status.d/")}
    assert {"libc6", "libgcc-s1", "libpq5", "libsqlite3-0", "libssl3", "libstdc++6", "zlib1g"} <= listed
    for package in ("libc6", "libpq5", "libsqlite3-0"):
        assert f"Package: {package}\n".encode() in image.read(f"var/lib/dpkg/status.d/{package}")
        assert f"usr/share/doc/{package}/copyright" in image.files
    assert b"ID=debian" in image.read("usr/lib/os-release")


@pytest.mark.parametrize(("service", "module"), [(s, m) for s, modules in OWN_MODULES.items() for m in modules])
def test_neither_program_has_the_other_s_code(images, service, module):
    """No S3 in the API, no HTTP server framework in the worker: where a module is, its name is."""
    name = b"\0" + module.encode() + b"\0"
    assert name in images[service].program
    assert name not in images[OTHER[service]].program


def test_all_are_built_alike(images):
    """One text for all, but for the first line, the name of the program and the last stage."""
    stages = set()
    for name, image in images.items():
        text = (REPOSITORY / "Dockerfiles" / f"{name}.Dockerfile").read_text().split("\nFROM scratch\n")[0]
        product = f"ARG PRODUCT={image.title}\n"
        assert product in text
        stages.add(text.partition("\n")[2].replace(product, ""))
    assert len(stages) == 1


def test_misuse_ends_with_a_sentence(images):
    """Where nothing is configured: exit code 2, which ECS does not answer with a restart."""
    for service, image in images.items():
        done = docker("run", "--rm", "--network", "none", image.name, check=False)
        assert done.returncode == 2 and "SHRINKR_" in done.stderr, (service, done.stdout, done.stderr)


def test_postgresql_can_be_used(images):
    """libpq is loaded, and says why the server is not reached; nobody reads the password."""
    url = "postgresql://shrinkr:hunter2@127.0.0.1:1/shrinkr"
    done = docker(
        "run", "--rm", "--network", "none", "--env", f"SHRINKR_DATABASE_URL={url}", images["api"].name, "migrate",
        "status", check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "cannot be reached" in done.stderr and "hunter2" not in done.stderr, done.stderr
