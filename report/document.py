"""The day's notebook, executed by papermill, and the documents that nbconvert makes of it.

papermill leaves notebooks that look complete after a dead kernel, a time-out, and a
`sys.exit(0)` in a cell. So nothing counts but a clean return with every code cell done.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors.errors import Fault, SettingsError
from report.errors import DocumentError, in_template
from report.settings import ROOT

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK = ROOT / "notebooks" / "daily_report.ipynb"
CELL_SECONDS = 600
START_SECONDS = 60
# What is imported stays: the collector of garbage need not look through it again and again.
PRELOAD = "import gc; gc.disable(); import report.pages; gc.freeze(); gc.enable()"
# What a notebook may see of our environment; secrets for the mail are none of it.
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "INFRA_REPORT_OUTPUT",
    "INFRA_REPORT_PARAMS",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
)
LONGEST_SOCKET_FOLDER = 70
KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "list": (list,),
}


class Kernel:
    """A warm IPython kernel in a private folder, speaking over IPC sockets.

    `start` returns before the kernel is ready, so that it gets ready while servers answer.
    No kernelspec and nothing of the user's ~/.jupyter or ~/.ipython is looked at.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._folder = Path(tempfile.mkdtemp(prefix="infra-report-", dir=_short_folder()))
        self._manager: Any = None

    @property
    def manager(self) -> Any:
        """The kernel's manager. Raises DocumentError when it does not start."""
        self.start()
        return self._manager

    def start(self) -> None:
        """Start the kernel, if it has not been, and import what its notebook will need here.

        In the caller's thread: two threads that import at once meet half-made modules.
        """
        if self._manager is not None:
            return
        from jupyter_client import KernelManager
        from jupyter_client.kernelspec import KernelSpec

        manager = KernelManager(
            transport="ipc", connection_file=str(self._folder / "k.json"), shutdown_wait_time=0
        )
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        command += [
            f"--IPKernelApp.exec_lines=['{PRELOAD}']",
            "--HistoryManager.hist_file=:memory:",
        ]
        manager._kernel_spec = KernelSpec(argv=command, display_name="Python 3", language="python")
        try:
            with (self._folder / "kernel.log").open("wb") as log:
                manager.start_kernel(
                    env=self._environment(), cwd=str(self._folder), stdout=log, stderr=log
                )
        except (OSError, RuntimeError) as error:
            raise DocumentError(f"the notebook's kernel did not start: {error}") from error
        self._manager = manager
        import papermill  # noqa: F401

        import report.exporters  # noqa: F401

    def close(self) -> None:
        """End the kernel and remove its folder."""
        if self._manager is not None:
            with suppress(Exception):
                # The manager would look for its end only every 0.1 s.
                launched = self._manager.provisioner
                os.killpg(launched.pgid, signal.SIGKILL)
                launched.process.wait(10)
            with suppress(Exception):
                self._manager.shutdown_kernel(now=True)
                self._manager.cleanup_resources()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _environment(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        own = {}
        for variable in (
            "IPYTHONDIR",
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
        ):
            folder = self._folder / variable.lower()
            folder.mkdir()
            own[variable] = str(folder)
        return {
            **passed,
            **own,
            "MPLCONFIGDIR": str(self._cache),
            "MPLBACKEND": "svg",
            "PYTHONNOUSERSITE": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }


def execute(parameters: Mapping[str, Any], kernel: Kernel) -> NotebookNode:
    """Execute the daily notebook with these parameters; return it, complete.

    Raises SettingsError for a parameter that it does not have or whose type is another,
    DocumentError when a cell failed or was not reached.
    """
    manager = kernel.manager
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    check_parameters(parameters)
    try:
        notebook = papermill.execute_notebook(
            str(NOTEBOOK),
            None,
            parameters=dict(parameters),
            km=manager,
            progress_bar=False,
            request_save_on_cell_execute=False,
            start_timeout=START_SECONDS,
            execution_timeout=CELL_SECONDS,
        )
    except PapermillExecutionError as error:
        raise DocumentError(f"the notebook failed: {error.ename}: {error.evalue}") from error
    except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
        raise DocumentError(f"the notebook was not finished: {error}") from error
    left = [
        cell.id
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.papermill.status != "completed"
    ]
    if left:
        raise DocumentError(f"the notebook was not finished: cells {', '.join(left)} did not run")
    return notebook


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Raise SettingsError for parameters that the notebook does not have, or not of that type.

    papermill by itself only warns of them, and would read a text letter by letter as a list.
    """
    import papermill

    known = papermill.inspect_notebook(str(NOTEBOOK))
    faults = []
    for name, value in parameters.items():
        if name not in known:
            right = f"those there are: {', '.join(known)}"
            faults.append(Fault("-p", name, "the notebook has no such parameter", right))
            continue
        wanted = known[name]["inferred_type_name"]
        if wanted != "None" and not _fits(value, wanted):
            right = "like -p 'groups=[web, db]'" if wanted.startswith("list") else f"it is {wanted}"
            faults.append(Fault("-p", name, f"{value!r} is not a {wanted}", right))
    if faults:
        raise SettingsError(*faults)


def _fits(value: Any, wanted: str) -> bool:
    outer, _, inner = wanted.rstrip("]").partition("[")
    if outer not in KINDS:
        return True
    fits = isinstance(value, KINDS[outer])
    return fits and (not inner or all(_fits(one, inner) for one in value))


def html_of(notebook: NotebookNode, own: Path | None = None) -> tuple[str, str]:
    """Return the HTML of an executed notebook: as the file to keep, and as the PDF engine's.

    own: a folder whose files take the place of the templates of the same name. Raises
    DocumentError for one that is faulty.
    """
    from jinja2 import TemplateError

    from report.exporters import InfraHTMLExporter

    pages = []
    for for_pdf in (False, True):
        exporter = InfraHTMLExporter(own=own)
        exporter.for_pdf = for_pdf
        try:
            pages.append(exporter.from_notebook_node(notebook)[0])
        except TemplateError as error:
            raise DocumentError(in_template(error, "index.html.j2")) from error
    return pages[0], pages[1]


def _short_folder() -> str | None:
    """Return a folder whose name leaves room for a socket's (108 bytes on Linux)."""
    usual = tempfile.gettempdir()
    return usual if len(usual) <= LONGEST_SOCKET_FOLDER else "/tmp"  # noqa: S108
