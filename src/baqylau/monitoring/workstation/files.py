"""The built pages and the base map: files from two directories, and nothing outside them."""

import mimetypes
import os
import stat
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC_DIR = Path(__file__).parent / "static"
"""Where the build puts the pages of the workstation and of the console."""
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".geojson": "application/geo+json",
    ".pmtiles": "application/octet-stream",
    ".webmanifest": "application/manifest+json",
}
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_HASHED = "assets/"
"""Where the build puts files whose names change with their content."""
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
NOT_BUILT = "The web pages are not built yet. Run `make setup` in the project, then load this page again.\n"


def _media_type(path: str) -> str:
    guessed = mimetypes.guess_type(path)[0]
    return _TYPES.get(os.path.splitext(path)[1]) or guessed or "application/octet-stream"


class MapFiles(StaticFiles):
    """Files by name, whole or by range, as PMTiles are read."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, check_dir=False)

    async def check_config(self) -> None:
        """A directory that is missing means that nothing is found there, and no more."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Give the file with its right type, asked for anew each time."""
        response = await super().get_response(path, scope)
        response.headers.setdefault("Cache-Control", _ASK_AGAIN)
        if response.status_code == HTTPStatus.OK:
            response.headers["Content-Type"] = _media_type(path)
        return response


class Pages(StaticFiles):
    """The single-page application: its files, and its first page for every address that only the page knows."""

    def __init__(self, directory: Path, first: str = "index.html") -> None:
        super().__init__(directory=directory, check_dir=False)
        self._first = first

    async def check_config(self) -> None:
        """Pages that are not built are said so to whoever asks, and do not stop the server."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Give the file, compressed where the build did so; the first page for addresses without an ending."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as missing:
            if missing.status_code != HTTPStatus.NOT_FOUND or Path(path).suffix or path.startswith(_HASHED):
                raise
            path = self._first
            response = await self._first_page(scope)
        response.headers.setdefault("Cache-Control", _FOR_EVER if path.startswith(_HASHED) else _ASK_AGAIN)
        return response

    async def _first_page(self, scope: Scope) -> Response:
        try:
            return await super().get_response(self._first, scope)
        except HTTPException:
            return PlainTextResponse(NOT_BUILT, HTTPStatus.SERVICE_UNAVAILABLE)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Give the compressed twin of a file to a browser that takes it."""
        whole = os.fspath(full_path)
        asked = Headers(scope=scope)
        accepted = {part.partition(";")[0].strip() for part in asked.get("accept-encoding", "").split(",")}
        for name, ending in () if "range" in asked else _ENCODINGS:
            twin = Path(whole + ending)
            if name in accepted and twin.is_file():
                response = super().file_response(twin, twin.stat(), scope, status_code)
                return _typed(response, whole, {"Content-Encoding": name, "Vary": "Accept-Encoding"})
        return _typed(super().file_response(whole, stat_result, scope, status_code), whole, {"Vary": "Accept-Encoding"})

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Give the file of this name; a directory is not a page."""
        full_path, found = super().lookup_path(path)
        return (full_path, found) if found and stat.S_ISREG(found.st_mode) else ("", None)


def _typed(response: Response, path: str, headers: dict[str, str]) -> Response:
    response.headers.update(headers)
    if isinstance(response, FileResponse):
        response.headers["Content-Type"] = _media_type(path)
    return response
