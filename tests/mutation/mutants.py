"""Small wrongs put into a module, one at a time: a test that never fails for any of them tests nothing."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

RULES = Path(__file__).parents[2] / "src" / "baqylau" / "rules"

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(Struct, frozen=True, kw_only=True):
    """One wrong: where, and what becomes of what."""

    file: str
    """The module's file name."""
    function: str
    """In which function or class, with dots; empty for the module itself."""
    before: str
    after: str
    line: int
    node: int
    """The changed node's number in the order of `ast.walk`."""
    choice: int
    """Which of the node's changes."""

    @property
    def told(self) -> tuple[str, str, str, str]:
        """What names it also when lines have moved."""
        return self.file, self.function, self.before, self.after


def mutants(path: Path) -> Iterator[Mutant]:
    """Give every mutant of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spared, owners, explaining = set(_spared(tree)), dict(_owners(tree)), _explaining(tree)
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in spared or owners.get(id(node), "").partition(".")[0] in explaining:
            continue
        for choice, changed in enumerate(_changes(node)):
            yield Mutant(
                file=str(path.relative_to(RULES)),
                function=owners.get(id(node), ""),
                before=ast.unparse(node),
                after=ast.unparse(changed),
                line=getattr(node, "lineno", 0),
                node=number,
                choice=choice,
            )


def digest(path: Path) -> str:
    """Give what tells a module from another one that does something else; comments and line breaks do not count."""
    return sha256(ast.dump(ast.parse(path.read_text(encoding="utf-8"))).encode()).hexdigest()[:16]


def mutated(path: Path, mutant: Mutant) -> ast.Module:
    """Give the module with the mutant in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    target = list(ast.walk(tree))[mutant.node]
    changed = ast.copy_location(list(_changes(target))[mutant.choice], target)

    class Exchange(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return changed if node is target else self.generic_visit(node)

    Exchange().visit(tree)
    return ast.fix_missing_locations(tree)


def _spared(tree: ast.AST) -> Iterator[int]:
    """Give what means nothing when it changes: words, types, how a record is laid out in memory."""
    for node in ast.walk(tree):
        for part in _wordy(node):
            yield from (id(below) for below in ast.walk(part))


def _wordy(node: ast.AST) -> list[ast.AST]:
    match node:
        case ast.ClassDef():
            return [*node.keywords, *node.decorator_list]
        case ast.FunctionDef():
            return [*node.decorator_list, *([node.returns] if node.returns else [])]
        case ast.AnnAssign():
            return [node.annotation]
        case ast.arg(annotation=ast.expr() as annotation):
            return [annotation]
        case (
            ast.Expr(value=ast.Constant() | ast.Call(func=ast.Name(id="assert_never")))
            | ast.Assert()
            | ast.Raise()
            | ast.Assign(targets=[ast.Name(id="__slots__" | "_Pairs" | "TYPE_CHECKING")])
            | ast.If(test=ast.Name(id="TYPE_CHECKING"))
        ):
            return [node]
        case _:
            return []


def _explaining(tree: ast.Module) -> set[str]:
    """Give the functions that only say what a finding still lacks: a property of all rules together holds them."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    named = {
        name: {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and one.id in functions and one.id != name}
        for name, node in functions.items()
    }
    explaining = {"explain"} & functions.keys()
    while more := {
        name
        for name in functions.keys() - explaining
        if name.startswith("_")
        and (callers := {other for other, names in named.items() if name in names})
        and callers <= explaining
    }:
        explaining |= more
    return explaining


def _owners(tree: ast.AST, name: str = "") -> Iterator[tuple[int, str]]:
    for node in ast.iter_child_nodes(tree):
        owner = name
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            owner = f"{name}.{node.name}".lstrip(".")
        yield id(node), owner
        yield from _owners(node, owner)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare():
            yield from _compared(node)
        case ast.BoolOp():
            other = deepcopy(node)
            other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield other
            yield from node.values
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp() if type(node.op) in _RECKONED and not isinstance(node.left, ast.Tuple | ast.Constant):
            yield _with(node, op=_RECKONED[type(node.op)]())
        case ast.If() | ast.IfExp() if isinstance(node.test, ast.Name | ast.Attribute | ast.Call):
            yield _with(node, test=ast.UnaryOp(op=ast.Not(), operand=node.test))
        case ast.Constant() | ast.Call():
            yield from _small(node)
        case _:
            yield from _statement(node)


def _compared(node: ast.Compare) -> Iterator[ast.AST]:
    for number, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            yield _with(node, ops=[*node.ops[:number], other(), *node.ops[number + 1 :]])


def _small(node: ast.Constant | ast.Call) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield _with(node, func=ast.Name(_CALLED[name], ast.Load()))


def _statement(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=ast.expr() as value) if not _is_no(value):
            yield ast.Return(ast.Constant(None))
        case ast.AugAssign() | ast.Expr(value=ast.Call() | ast.YieldFrom() | ast.Yield()) | ast.Continue():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() | ast.Name()]) if node.col_offset:
            yield ast.Pass()


def _is_no(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and (value.value is None or value.value is False)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = deepcopy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other
