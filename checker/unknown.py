"""What nothing is known of: quantities whose definitions have no meaning, functions without arguments, what names have
to do with each other; and the claims that rest on them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.open_names import by_itself
from verify_derivations.checker.sentences import ENDED
from verify_derivations.checker.spoken import names_alone
from verify_derivations.checker.statements import Chain, Stated, contains_derivative, is_adjoint_name, lists_itself
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, adjoint_of, is_slope
from verify_derivations.formulas.document import is_within
from verify_derivations.formulas.expressions import MEMBER, NOUGHT, VALUE, Apply, Scalar, contents, heads, walk
from verify_derivations.formulas.operators import elementwise_functions
from verify_derivations.formulas.other_losses import not_written_out
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import TRANSPOSES, base_of, items_of, names_in, plain
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.symbols import LOSSES
from verify_derivations.formulas.unknown import Unread
from verify_derivations.formulas.variations import SIGN
from verify_derivations.formulas.world import UNWRITTEN, Statement, UndefinedSymbol, World

_FOR_ANY = re.compile(r"\b(?:any|every|all|each|an\s+arbitrary)(?:\s+[\w-]+){0,3}\s*$", re.I)
MEANS = re.compile(r"\b(?:centred|centered|standardi[sz]ed|zero-?\s?mean)\b")
_OF_IDENTITY = re.compile(r"ortho|unit|idem|rota|permu|projec|reflec|stoch|invol|circ|toepl|triang")


def take_spoken(world: World, formulas: Sequence[Stated]) -> None:
    """Note the names that words introduce, those that they call arrays, functions that they call by names which are not
    read, and signs of a transpose that are quantities as well."""
    for f in formulas:
        world.unknown.spoken |= {r.name for r in map(world.table.reference, names_alone(f)) if r is not None}
        world.unknown.spoken |= {*re.findall(r"(?<![\w.])[A-Za-z](?![\w.(])", f.raw.code)}
        for name, word in f.prose.special:
            name = r.name if name not in world.known and (r := world.table.reference(s.Symbol(name))) else name
            said = (0, f"that it is {word}", _OF_IDENTITY.search(word) is not None)
            if MEANS.search(world.unknown.special.setdefault(name, said)[1]):  # what else is said counts
                world.unknown.special[name] = said
        for name in f.prose.arrays:
            world.unknown.arrays.setdefault(name, set()).add(f.raw.section)
        world.unknown.functions |= {name: kind != "each" for name, kind in f.prose.functions}
    world.unknown.again |= {*_spoken_of_again(world, formulas)}
    sides = [side for f in formulas for chain in f.chains for side in chain.sides]
    others = TRANSPOSES & (world.unknown.spoken | world.sizes | {x.name for side in sides for x in by_itself(side)})
    for node in (x for side in sides for x in s.walk(side)) if others else ():
        before = node.factors[:-1] if isinstance(node, s.Product) else ()
        named = (x for x in before if isinstance(x, s.Scripted) and not (base_of(x) or "\\").startswith("\\"))
        world.unknown.inner |= {x for x in named if not x.primes}  # the w^T of w^T x, no γ^T
    world.unknown.exponents |= others


def _spoken_of_again(world: World, formulas: Sequence[Stated]) -> Iterator[str]:
    """The y of “for any nonzero $y \\in R^{d+1}$” of which a later sentence says “a target $y$”."""
    for k, f in enumerate(formulas):
        if f.raw.displayed or not f.memberships or not _FOR_ANY.search(f.raw.context):
            continue
        own = {plain(name) for m in f.memberships for name in m.names}
        ended = False
        for g in formulas[k + 1 :]:
            ended = ended or ENDED.search(g.raw.context) is not None
            found = own & {*map(plain, names_alone(g))} if ended else set[s.Node]()
            yield from (r.name for r in map(world.table.reference, found) if r is not None)


def take_unknown(
    world: World, formulas: Sequence[Stated], defined: Container[tuple[int, int, int]],
    failed: Container[tuple[int, int]],
) -> None:  # fmt: skip
    """Note the quantities whose definitions have no meaning, or of which the prose only says on what they depend, with
    what stands in these, and the functions of which
    nothing but derivatives is said."""
    for f in formulas:  # what cannot even be parsed
        for end in filter(None, map(world.table.reference, f.ends)):
            if end.layer is None and not world.is_defined(end.name):
                inside = frozenset(world.known) - {end.name}
                world.unknown.unread.setdefault(end.name, Unread(f.number, inside, inside | world.layers.names))
    for f in formulas:
        world.unsaid.through |= {head for x in f.prose.through if (head := _head(world, x)) is not None}
        for head in filter(None, (_head(world, x) for x in f.prose.alone)):
            world.unsaid.through |= world.below((head,))
            world.unsaid.alone.add(head)
        for loss, others in f.prose.losses:
            if (top := _head(world, loss)) is not None:
                world.unsaid.told.setdefault(top, set()).update(filter(None, (_head(world, x) for x in others)))
    for f in formulas:  # of which the text says only on what they depend
        for name, others in f.prose.depending:
            own = _head(world, name)
            families = {family for family in world.applied.opaque if family.partition(MEMBER)[0] == own}
            families |= {head for head in world.known if own is not None and head.startswith(VALUE.format(own))}
            for head in {own, *families} if own is not None else ():
                if own in world.unknown.held and not world.is_defined(own):  # “the target $y$, which is held fixed”
                    continue
                if own in world.aliases:  # “we begin with $\\bar{y}$”, which is ∂L/∂y
                    continue
                if not world.is_defined(head) and head not in world.functions:
                    found = replace(unread_in(world, f.number, others), told=True)
                    before = world.unknown.unread.get(head, found)
                    world.unknown.unread[head] = before.also(found) if before.told else before
        for name, others in f.prose.amended:
            reference = world.table.reference(name)
            known = reference is not None and (world.is_defined(reference.name) or reference.name in world.functions)
            if reference is not None and reference.layer is None and known:
                more = set(unread_in(world, f.number, others).names)
                variables = world.applied.parameters.get(reference.name, ())
                shown = more <= world.below({reference.name, *variables})
                if not others or not shown and not _of_another(world, reference.name, f, others, formulas):
                    world.unknown.amended.setdefault(reference.name, f.number)
    counters = {x.name for f in formulas for n in f.nodes if isinstance(n, s.Scripted) and n.sub is not None
                for x in s.walk(n.sub) if isinstance(x, s.Symbol) and len(x.name) == 1}  # fmt: skip
    for f in formulas:
        for k, chain in enumerate(f.chains):
            if all(isinstance(x, s.Symbol) and x.name in counters for x in chain.sides):  # where $i = k$, it is one
                continue
            if _is_implicit(world, chain) and (f.number, k, 0) not in defined:  # y^3 + y = x
                for inner in unread_in(world, f.number, chain.sides).names:
                    world.unknown.inside.setdefault(inner, f.number)
            first = chain.sides[0].function if isinstance(chain.sides[0], s.Call) else chain.sides[0]
            reference = world.table.reference(first) if (f.number, k) in failed else None
            for inner in unread_in(world, f.number, chain.sides[1:]).names if reference is not None else ():
                world.unknown.inside.setdefault(inner, f.number)
            if reference is None or reference.name in world.functions:
                continue
            if reference.name in world.unknown.held:  # whatever it is, it does not move
                continue
            if reference.layer is None and not world.is_defined(reference.name):
                known = contains_derivative(chain.sides[0]) or (f.number, k, 0) in defined
                if not known and not lists_itself(chain):
                    found = unread_in(world, f.number, chain.sides[1:])
                    found = replace(found, told=chain.partly)  # or it is any value
                    in_a_case = chain.partly or bool(chain.where) or f.when.case or f.when.alone
                    whole = len(chain.sides) == 2 and not in_a_case and all(map(_is_of_names, s.walk(chain.sides[1])))
                    shown = not in_a_case and all(_is_shown(x) for side in chain.sides[1:] for x in s.walk(side))
                    world.unknown.unread.setdefault(reference.name, replace(found, whole=whole, shown=shown))
    for f in formulas:
        for left in (chain.sides[0] for chain in f.chains if len(chain.sides) > 1):
            reference = world.table.reference(left.function if isinstance(left, s.Call) else left)
            taken = world.functions.keys() | world.known.keys()
            if reference is None or not reference.primes or reference.name in taken:
                continue
            if reference.name.lstrip("\\") not in elementwise_functions:
                world.unknown.slopes.setdefault(reference.name, f.number)


def _is_of_names(node: s.Node) -> bool:
    """Whether a part of a definition, ``D^{-1/2} A D^{-1/2}``, is a name or arithmetic, a sum or a matrix of such,
    also with dots: it hides nothing, as a word may that could be a function."""
    if isinstance(node, s.Symbol) and len(node.name) > 1 and node.name.isalpha():
        return False
    if isinstance(node, s.Relation):  # below a sum over a set, i ∈ I
        return node.relations == ("\\in",)
    arithmetic = s.Symbol | s.Scripted | s.Number | s.Group | s.Sum | s.Product | s.Fraction | s.Root | s.BigOperator
    return isinstance(node, arithmetic | s.Matrix | s.Dots)


def _is_shown(node: s.Node) -> bool:
    """Whether a part of the definition of a loss is of names, or applies what is called by a word: no f, which may be
    a net with parameters, no expectation over what is made of them."""
    if isinstance(node, s.Call):
        function = node.function
        return isinstance(function, s.Symbol) and len(function.name.lstrip("\\")) > 2 and function.font != "\\mathbb"
    return isinstance(node, s.Norm) or _is_of_names(node) or isinstance(node, s.Symbol) and len(node.name) > 2


def _has_members(world: World, name: str) -> bool:
    """Whether a name stands for several, or its definition that is not read is a recursion."""
    known = world.known.get(name)
    return name in world.unknown.unread[name].names or known is not None and bool(known.family)


def _is_any_loss(world: World, name: str, environment: Environment) -> bool:
    """Whether a name is one of a loss of which all that it is made of is shown, and leads nowhere else: then a claim
    that holds of any loss of that holds of it."""
    found = world.unknown.unread[name]
    inside = found.names | found.heads
    if not found.shown or name not in world.losses() or inside & (world.unknown.unread.keys() - {name}):
        return False
    return {q.head for head in inside & environment.quantities.keys() for q in environment.consumers(head)} <= {name}


def _head(world: World, name: s.Node) -> str | None:
    """The head of a name, at a layer with a number."""
    reference = world.table.reference(name)
    if reference is None or reference.layer is None:
        return None if reference is None else reference.name
    layer = layer_value(reference.layer, world, Statement())
    return world.head(reference.name, layer) if layer is not None and layer.is_constant else None


def called_array(world: World, sides: Iterable[s.Node], number: int) -> str | None:
    """What one differentiates by that is read as a number, and called a matrix or a vector by the text of the section
    or of those around it. (Of the vector x of an introduction is not the x of ``f(x, y) = x y``.)"""
    section = world.letters.sections.get(number, ())
    said = {x for x, places in world.unknown.arrays.items() if any(is_within(section, at) for at in places)}
    names = said & names_of(world, tuple(sides)) & {*world.differentiated.denominators} - world.declared
    return min((x for x in names if x in world.known and not world.known[x].extents), default=None)


def shapeless(world: World, sides: Iterable[s.Node], number: int) -> str | None:
    """What no declaration gives a shape, and whose definition, in another formula, has no meaning."""
    unread = {name for name, found in world.unknown.unread.items() if not found.told and found.number != number}
    return min(unread & names_of(world, tuple(sides)) - world.declared, default=None)


def take_namesakes(world: World, formulas: Sequence[Stated]) -> None:
    """Note what nothing declares nor defines, and is called like what has a definition for every index, or of which the
    text says what it depends on: ``z_1`` or ``h_T`` beside ``z_i = w x_i`` and ``h_t = w h_{t-1}``, ``V`` beside
    ``V_{ij} = W_{ji}``, where these are not read so. (The first of a recursion, ``h_0``, may be given.) And the
    ``W^{(1)}`` of a net, where one differentiates by W."""
    told = ((f, name, others) for f in formulas for name, others in f.prose.depending)
    stated = [(f, c.sides[0], c.sides) for f in formulas for c in f.chains if not c.update]
    defined = {base_of(name): (f, name, sides) for f, name, sides in (*told, *stated) if _indexed(name)}
    slopes = (n for f in formulas for n in f.derivatives if isinstance(n, s.Derivative))
    varied = {plain(x) for n in slopes for x in n.denominators}
    whole = {x.name for x in varied if isinstance(x, s.Symbol)} & world.known.keys()
    for f in formulas if defined or whole else ():
        for node in f.nodes:
            base = base_of(node) if isinstance(node, s.Symbol | s.Scripted) else None
            head = _head(world, node) if base in defined or base in whole else None
            quantity = world.quantities.get(head) if head is not None else None
            if head is None or quantity is None or quantity.body is not None or head in world.declared:
                continue
            reference = world.table.reference(node)
            if reference is None or plain(node) in varied or head in world.differentiated.denominators:
                continue
            if reference.layer is not None and base is not None and base in whole and head != base:
                world.unknown.unread.setdefault(head, Unread(f.number, frozenset({base}), frozenset({base})))
            elif reference.layer is None and base in defined and base not in world.table.kinds.names:
                other, name, sides = defined[base]
                own = world.table.reference(name)
                first = isinstance(name, s.Scripted) and isinstance(name.sub, s.Sum)
                start = isinstance(node, s.Scripted) and node.sub in _FIRST[: 1 + first]
                apart = start or _is_of_a_given(world, node, name)
                if own is not None and own.name != reference.name and not apart:
                    world.unknown.unread.setdefault(head, unread_in(world, other.number, sides))


def _is_of_a_given(world: World, node: s.Node, name: s.Node) -> bool:
    """Whether a loss ``ℓ_w`` is that of a given w, beside a loss ℓ of which nothing is said: two losses."""
    label = to_latex(name.sub) if isinstance(name, s.Scripted) and name.sub is not None else ""
    whole = isinstance(node, s.Symbol) and node.name in LOSSES and not world.is_defined(node.name)
    return whole and label in world.letters.given and label not in world.table.bound


def take_elsewhere(world: World, defined: Mapping[str, tuple[Stated, frozenset[str]]]) -> None:
    """Note the names that only a section with definitions of its own defines, each with all that it speaks of."""
    for name, (f, spoken) in defined.items():
        quantity = world.quantities.get(name)
        if name in world.known and (quantity is None or quantity.body is None):
            world.unknown.elsewhere[name] = Unread(f.number, spoken, spoken)


def _of_another(
    world: World, name: str, told: Stated, others: Sequence[s.Node], formulas: Sequence[Stated]
) -> bool:  # fmt: skip
    """Whether a later section defines a loss that is told here to be a function of what only this one speaks of: “the
    loss $L$ is a function of $o$”, in the section of one layer, and in that of the last one ``L = -\\log p_y``."""
    quantity, bases = world.quantities.get(name), {*map(base_of, others)}
    if quantity is None or (quantity.number or 0) < told.number or name not in world.losses():
        return False
    speaking = [f for f in formulas if f.number == quantity.number or any(base_of(x) in bases for x in f.names)]
    return not any(is_within(f.raw.section, told.raw.section) == (f.number == quantity.number) for f in speaking)


def take_beside(world: World, formulas: Sequence[Stated]) -> None:
    """Note what ``formulas`` that a scope does not see declare or define, or of what they define it."""
    for f in formulas:
        chains = [chain for chain in f.chains if len(chain.sides) > 1 and not chain.update]
        lefts = [chain.sides[0] for chain in chains]
        names = [left.function if isinstance(left, s.Call) else left for left in lefts]
        names += [name for member in f.memberships for name in member.names]
        names += [x for c in chains if not any(map(contains_derivative, c.sides)) for side in c.sides[1:]
                  for x in names_in(side)]  # fmt: skip
        for reference in map(world.table.reference, names):
            if reference is not None:
                world.unknown.beside.setdefault(reference.name, f.number)


_FIRST = (s.Number("0"), s.Number("1"))


def _indexed(left: s.Node) -> bool:
    """Whether a name has indices that are letters."""
    indices = left.sub if isinstance(left, s.Scripted) and not isinstance(left.sub, s.Label) else None
    items = items_of(indices) if indices is not None else ()
    letters = {x.name for item in items for x in s.walk(item) if isinstance(x, s.Symbol)}
    return bool(items) and all(len(x) == 1 and x.islower() for x in letters) and bool(letters)


def unread_in(world: World, number: int, sides: Iterable[s.Node]) -> Unread:
    """A definition in a formula that has no meaning, with what stands in its ``sides``."""
    names, found = set[str](), set[str]()
    for side in sides:
        bound = {x.name for n in s.walk(side) if isinstance(n, s.BigOperator) and n.lower is not None
                 for x in s.walk(n.lower) if isinstance(x, s.Symbol)}  # fmt: skip
        for reference in filter(None, map(world.table.reference, names_in(side))):
            names.add(reference.name)
            layer = layer_value(reference.layer, world, Statement()) if reference.layer is not None else None
            last = layer is not None and layer.as_atom() is not None and layer.as_atom() not in bound
            computed = reference.name in world.layers.templates
            found.add(world.head(reference.name, layer) if last and computed else reference.name)
    return Unread(number, frozenset(names), frozenset(found))


def unread(world: World, here: Statement, sides: tuple[s.Node, ...], number: int) -> str | None:
    """That the sides depend on a quantity whose definition has no meaning."""
    missing = _missing(world, here, sides, number)
    if missing is None:
        return None
    found = world.unknown.unread[missing]
    if found.told and (others := sorted(found.names - {missing})):
        return f"how {missing} depends on {', '.join(others)} is not said (formula {found.number})"
    if found.told:
        return f"what the text says of {missing} at formula {found.number} is not read"
    return f"the definition of {missing} in formula {found.number} has no meaning"


def amended(
    world: World, here: Statement, sides: tuple[s.Node, ...], comparisons: Iterable[Comparison],
    environment: Environment,
) -> str | None:  # fmt: skip
    """That the sides differentiate, and rest on what the text above says more of than its definition does."""
    wanted = {name: place for name, place in world.unknown.amended.items() if place < here.number}
    for reached, variables in (reach(world, here, sides, c, environment) for c in comparisons if wanted):
        for name in sorted(wanted.keys() & reached) if variables else ():
            return f"what the text says of {name} at formula {wanted[name]} is not read"
    return None


def taken_at(world: World, here: Statement, sides: tuple[s.Node, ...]) -> str | None:
    """A function without arguments, beside quantities on which it does not depend, ``∂a/∂w = f' x`` of ``a = f(z)``, or
    beside one of another variable: ``f' = σ``."""
    places = {world.applied.parameters.get(name, ()) for name in here.unapplied}
    for name in sorted(here.unapplied):
        if len(places) > 1:
            return name
        own = world.below((name, *world.applied.parameters.get(name, ()))) | here.unapplied
        if not names_of(world, sides) & {*world.known, *world.functions} <= own:
            return name
    return None


def slope_told(world: World, sides: tuple[s.Node, ...], number: int) -> str | None:
    """That the sides depend on a function that nothing defines, of whose derivative another formula says something."""
    wanted = {name: other for name, other in world.unknown.slopes.items() if other != number}
    for name in sorted(wanted.keys() & world.below(names_of(world, sides)) if wanted else ()):
        return f"what formula {wanted[name]} says of the derivative of {name} is not used"
    return None


def two_values(world: World, c: Comparison) -> str | None:
    """That a comparison has the value of a function of which nothing is known at something that is defined, beside one
    at something else: the two may be equal."""
    values = [head for head in world.known if VALUE.format("") in head]
    for head in sorted({*heads(c.left), *heads(c.right)} & {*values}):
        function, _, at = head.partition(VALUE.format(""))
        for other in values:
            others, _, where = other.partition(VALUE.format(""))
            arguments = (x for text in (at, where) for x in text.removesuffix("\\right)").split(","))
            if others == function and other != head and any(map(world.is_defined, arguments)):
                return f"whether {head} and {other} are the same is not known"
    return None


def _missing(world: World, here: Statement, sides: tuple[s.Node, ...], number: int) -> str | None:
    """A quantity on which the sides depend and whose definition has no meaning; the first by name."""
    wanted = {name for name, found in world.unknown.unread.items() if found.number != number}
    start = names_of(world, sides) | {of for of, _ in here.worked_out}
    meant = [alias.right for name in start & world.aliases.keys() for alias in world.aliases[name]] if wanted else []
    start |= names_of(world, meant)  # z of δ = ∂L/∂z
    for name in sorted(_below(world, start)) if wanted else ():
        quantity = world.quantities.get(name)
        if name in wanted and (quantity is None or quantity.body is None):
            return name
    return None


def unshown(world: World, c: Comparison, environment: Environment, number: int) -> str | None:
    """That a sensitivity in a comparison rests on that of something of which not all uses are known: values for it
    refute nothing. Nor do values for ``∂E_t/∂h``, which has to do with the E_t of all that h moves, or which the
    formula does not speak of itself."""
    for head in sorted(world.unsaid.slopes.keys() & {*heads(c.left), *heads(c.right)}):
        name, of = world.unsaid.slopes[head]
        if world.is_defined(of) or name not in world.by_slopes(number):
            return f"how {name} depends on {of} is not stated"
    if (other := not_written_out(world, environment, (*heads(c.left), *heads(c.right)))) is not None:
        return f"{other}, of which nothing is known, stands in a definition"
    hidden = world.may_hide(environment.loss) if environment.loss is not None else frozenset()
    pending = sorted(adjoints_of(c, environment))
    for head in pending:  # ∂L/∂w and ∂L/∂a of J = L + a, a = wᵀx: L may have w by a, or also by itself
        users = {quantity.head for quantity in environment.consumers(head)}
        if users and users <= world.unsaid.beside and any(head in world.below([other]) - {other} for other in pending):
            return f"how {environment.loss} depends on {head} is not stated"
    for head in pending:
        if head in hidden:
            return f"not all that {head} is used for is known"
        if not environment.quantities[head].opaque:
            pending += [q.head for q in environment.consumers(head) if q.head not in pending]
    return _of_two_layers(world, environment, pending)


def _of_two_layers(world: World, environment: Environment, pending: Sequence[str]) -> str | None:
    """``∂C/∂b^l = δ^l`` and ``∂C/∂z^l = … δ^{l+1}`` of a C that nothing defines, where no equation has the ``b^l`` or
    leads from ``z^l`` to z^{l+1}: one may well be made of the other."""
    loss, layers = environment.loss, world.layers
    if loss is None or world.is_defined(loss):
        return None
    free = {head for head in pending if not environment.consumers(head)}
    counted = Counter(layers.of[head][0] for head in free & layers.of.keys())
    alone = (head for head in sorted(free & layers.of.keys()) if len(free) > 1
             and (head not in layers.edge or counted[layers.of[head][0]] > 1))  # fmt: skip
    return next((f"how {loss} depends on {head} is not stated" for head in alone), None)


def unmoved(world: World, c: Comparison, environment: Environment) -> str | None:
    """A quantity by which the claim differentiates a loss, and from which nothing leads to what that may depend on: the
    derivative would be zero, and that is said nowhere. It is where the claim says so of a loss of which all is
    declared."""
    loss = environment.loss
    if loss is None or loss not in environment.quantities:
        return None
    given = {h for h in world.below([loss]) & environment.quantities.keys() if not world.is_defined(h)}
    if NOUGHT in (c.left, c.right) and loss not in given and given <= world.declared:
        return None
    pending = list(dict.fromkeys((*heads(c.left), *heads(c.right))))
    for head in pending:
        of, quantity = adjoint_of(head, loss), environment.quantities.get(head)
        if of is not None and quantity is None and of in environment.quantities and of not in environment.moving:
            return of
        if head in environment.by_derivatives and quantity is not None and quantity.body is not None:
            pending += [h for h in heads(quantity.body) if h not in pending]
    return None


def unsaid_slope(world: World, c: Comparison) -> str | None:
    """What nothing defines in a function of which a comparison has a derivative, ``J'(w)`` of ``J(w) = L + λw²``."""
    found = world.below((*heads(c.left), *heads(c.right))) if world.unsaid.losses else ()
    bodies = [q.body for head in found if (q := world.quantities.get(head)) is not None and q.body is not None]
    slopes = {x.function for body in (c.left, c.right, *bodies) for x in walk(body)
              if isinstance(x, Apply) and any(x.derivative)}  # fmt: skip
    return min(world.below(slopes) & world.unsaid.losses, default=None)


def names_of(world: World, sides: Iterable[s.Node]) -> set[str]:
    references = (
        world.table.reference(n) for side in sides for n in s.walk(side) if isinstance(n, s.Symbol | s.Scripted)
    )
    return {reference.name for reference in references if reference is not None}


def unstated(world: World, c: Comparison, environment: Environment) -> list[str]:
    """The quantities in a comparison whose definitions have no meaning and whose shapes are not declared."""
    loss = environment.loss
    named = {(adjoint_of(h, loss) if loss is not None else None) or h for h in (*heads(c.left), *heads(c.right))}
    found = world.below(named) & world.unknown.unread.keys() & world.known.keys()
    return sorted(name for name in found if not world.declarations.get(name))


def _is_implicit(world: World, chain: Chain) -> bool:
    """Whether a chain is an equation of values that begins with no name: it may say what its names are."""
    if len(chain.sides) < 2 or isinstance(chain.sides[0], s.Symbol | s.Scripted | s.Call):
        return False
    return not any(contains_derivative(side) or is_adjoint_name(side, world.table) for side in chain.sides)


def whatever(
    world: World, here: Statement, sides: tuple[s.Node, ...], c: Comparison, environment: Environment
) -> bool:  # fmt: skip
    """Whether a claim can be judged whatever the quantities are whose definitions have no meaning: it differentiates
    only by them, or by what depends on them, and on which they do not depend, as a state does on the one before. (The
    derivative by anything else may go through them, unless the text says on what they depend, or the definition is
    arithmetic of names.) Likewise whatever names
    have to do with each other, if it does not differentiate by them, nor by what they depend on."""
    reached, variables = reach(world, here, sides, c, environment)
    related = world.below(name for pair in world.unknown.related if reached.issuperset(pair) for name in pair)
    return variables.isdisjoint(related) and all(
        (world.unknown.unread[name].told or world.unknown.unread[name].whole or name in world.below((v,)))
        and v not in world.below(world.unknown.unread[name].names, as_written=True)
        for name in reached & world.unknown.unread.keys() if not _is_any_loss(world, name, environment)
        for v in variables if v != name or _has_members(world, name)  # x by itself is x, and h_t by h_{t-1} is not
    )  # fmt: skip


def apart(world: World, sides: tuple[s.Node, ...]) -> bool:
    """Whether no name in an equation may be made of another one there by a definition that has no meaning: then an
    identity holds, with differentials of them as well."""
    named = names_of(world, sides)
    unread = named & world.unknown.unread.keys()
    return all(
        world.below(world.unknown.unread[name].names, as_written=True).isdisjoint(named - {name}) for name in unread
    )


def unread_relation(
    world: World, here: Statement, sides: tuple[s.Node, ...], comparisons: Iterable[Comparison],
    environment: Environment,
) -> str | None:  # fmt: skip
    """That the sides depend on two names of which the prose says something together that is not read."""
    for pair, said in world.unknown.related.items():
        if any(reach(world, here, sides, c, environment)[0].issuperset(pair) for c in comparisons):
            return f"{said}: an equation would tell, as ${pair[0].partition('_')[0]}_i = {pair[1]}_{{i,:}}^\\top$"
    return None


def defined_elsewhere(
    world: World, here: Statement, sides: tuple[s.Node, ...], comparisons: Iterable[Comparison],
    environment: Environment,
) -> str | None:  # fmt: skip
    """That the sides differentiate what only another section defines, perhaps by what it depends on there."""
    wanted = world.unknown.elsewhere
    for reached, variables in (reach(world, here, sides, c, environment) for c in comparisons if wanted):
        for name in sorted(reached & wanted.keys()):
            found = wanted[name]
            if any(v in found.names and v != name and name not in world.below((v,)) for v in variables):
                return _whether_the_same(name, found)
    return None


def spoken_of_elsewhere(world: World, name: str | None) -> str | None:
    """That a name which is not defined stands in the definition that only another section has of a name used here."""
    found = ((other, unread) for other, unread in sorted(world.unknown.elsewhere.items()) if name in unread.names)
    return next((_whether_the_same(other, unread) for other, unread in found), None)


def beside(world: World, error: UndefinedSymbol, here: Statement) -> str | None:
    """That a name which is not defined is one of a section before that is not seen; not at one layer of several."""
    base = error.base
    if base is None or base in world.layers.templates or base in map(world.layers.name, world.known):
        return None
    number = world.unknown.beside.get(base)
    said = f"{error}; whether it is that of formula {number}, in another section, is not said"
    return said if number is not None and number < here.number else None


def _whether_the_same(name: str, found: Unread) -> str:
    return f"whether {name} is that of formula {found.number}, in a section with definitions of its own, is not said"


def held_fast(
    world: World, here: Statement, sides: tuple[s.Node, ...], comparisons: Iterable[Comparison],
    environment: Environment, names: Collection[str],
) -> str | None:  # fmt: skip
    """One of the ``names`` that the text treats as constants on which the sides rest, and which depends on what they
    differentiate by."""
    for name in sorted(names):
        inside = world.below((name,)) - {name}
        for reached, variables in (reach(world, here, sides, c, environment) for c in comparisons if inside):
            if name in reached and not variables.isdisjoint(inside):
                return name
    return None


def frozen_in(
    world: World, here: Statement, sides: tuple[s.Node, ...], comparisons: Iterable[Comparison],
    environment: Environment,
) -> str | None:  # fmt: skip
    """That the sides rest on all of an expression that the text treats as a constant, and differentiate by one."""
    for names in world.unknown.frozen:
        inside = world.below(names)
        for reached, variables in (reach(world, here, sides, c, environment) for c in comparisons):
            if names <= reached and not variables.isdisjoint(inside):
                return f"the text treats an expression of {', '.join(sorted(names))} as a constant"
    return None


def said_otherwise(world: World, loss: str, variables: Collection[str]) -> str | None:
    """Why the derivatives of a loss are not those of the definitions on which it rests: the text changes one of these,
    or treats it as a constant, or says something of a variable and another name."""
    below = _below(world, [loss])
    for pair, said in world.unknown.related.items():
        if below.issuperset(pair) and not world.below(pair).isdisjoint(variables):
            return said
    for name in sorted(below & world.unknown.amended.keys()):
        return f"what the text says of {name} at formula {world.unknown.amended[name]} is not read"
    held = (name for name in sorted(below & world.unknown.held) if world.below((name,)) - {name})
    return next((f"the text treats {name} as a constant, and defines it" for name in held), None)


def held_fixed(
    world: World, here: Statement, sides: tuple[s.Node, ...], c: Comparison, environment: Environment
) -> tuple[str, ...]:  # fmt: skip
    """The names of what nothing defines and a claim with derivatives rests on, but does not differentiate by. The
    verdict is on derivatives that hold these fixed."""
    reached, variables = reach(world, here, sides, c, environment)
    known = (world.quantities.get(h) for h in reached - variables - {environment.loss} - world.unknown.unread.keys())
    undefined = (q.head for q in known if q is not None and q.body is None and not q.head.startswith(SIGN))
    leaves = (world.layers.name(head) for head in undefined if not is_slope(head))
    fixed = {name.removesuffix(UNWRITTEN) for name in leaves if name not in world.layers.templates}
    for function in reached & world.applied.opaque - world.unknown.unread.keys():
        inside = (h for call in world.applied.calls.get(function, ()) for argument in call for h in heads(argument))
        if not variables <= world.below(inside):
            fixed.add(function.partition(MEMBER)[0])
    return tuple(sorted(fixed)) if variables else ()


def moved_before(world: World, sides: Iterable[s.Node], letters: Iterable[str]) -> tuple[str, str] | None:
    """Of one step: a loss that nothing defines, and the value of the step before by which it is differentiated, on
    which it may depend as it does on that of this step."""
    nodes = [n for side in sides for n in s.walk(side)]
    aliases = (r.name for r in map(world.table.reference, nodes) if r is not None and r.name in world.aliases)
    slopes = [*nodes, *(alias.right for name in aliases for alias in world.aliases[name])]
    for slope in slopes:
        if isinstance(slope, s.Derivative):
            top = world.table.reference(slope.numerator)
            below = (r.name for r in map(world.table.reference, slope.denominators) if r is not None)
            name = next((x for x in below if x.endswith(tuple(f"_{{{t} - 1}}" for t in letters))), None)
            if top is not None and name is not None and top.name in world.losses():
                if not world.is_defined(top.name) and not world.unsaid.told.get(top.name):
                    return top.name, name
    return None


def given_before(world: World, sides: Iterable[s.Node], letters: Iterable[str], fixed: Collection[str]) -> list[str]:
    """Of one step, with ``letters`` in names: what is ``fixed`` of the step before, which it made as this one makes the
    next, where an equation differentiates by something of all steps, a weight."""
    of_steps = tuple(f"_{{{t}{shift}}}" for t in letters for shift in ("", " - 1", " + 1"))
    weights = {name for name in variables_in(world, *sides)
               if not world.is_defined(name) and not name.endswith(of_steps)}  # fmt: skip
    pairs = ((name, name.removesuffix(f"_{{{t} - 1}}"), t) for t in letters for name in fixed)
    after = {name: f"{base}_{{{t}}}" for name, base, t in pairs if base != name}
    return [name for name, now in after.items() if world.is_defined(now) and weights & world.below([now])]


def _below(world: World, start: Iterable[str]) -> set[str]:
    """What names rest on, also by derivatives of it that their definitions work out."""
    found, pending = set[str](), set(start)
    while pending:
        new = world.below(pending) - found
        found |= new
        pending = {of for head in new for of, _ in world.differentiated.within.get(head, ())} - found
    return found


def reach(
    world: World, here: Statement, sides: tuple[s.Node, ...], c: Comparison, environment: Environment
) -> tuple[set[str], set[str]]:  # fmt: skip
    """All on which a claim rests, and by what it differentiates, or what it rests on does."""
    losses = {*world.losses(), *((environment.loss,) if environment.loss is not None else ())}
    reached, variables = set[str](), set(variables_in(world, *sides))
    slopes = here.worked_out | _slopes_of_functions(world, (c.left, c.right))
    pending = {*names_of(world, sides), *heads(c.left), *heads(c.right)}
    while pending or slopes:
        variables |= {by for _, by in slopes}
        found = world.below({*pending, *(x for pair in slopes for x in pair)}) - reached
        reached |= found
        bodies = (d.body for head in found for d in (world.quantities.get(head), world.functions.get(head)) if d)
        slopes = {pair for head in found for pair in world.differentiated.within.get(head, ())}
        slopes |= _slopes_of_functions(world, (body for body in bodies if body is not None))
        slopes |= {(loss, of) for head in found for loss in losses if (of := adjoint_of(head, loss)) is not None}
        pending = set()
    return reached | {world.layers.name(head) for head in reached}, variables


def _slopes_of_functions(world: World, bodies: Iterable[Scalar]) -> set[tuple[str, str]]:
    """The functions whose derivatives stand in expressions, ``f'(u)``, with their variables."""
    slopes = (x for body in bodies if contents(body).functions for x in walk(body) if isinstance(x, Apply))
    functions = {x.function for x in slopes if any(x.derivative)}
    return {(name, by) for name in functions for by in world.applied.parameters.get(name, ())}


def variables_in(world: World, *sides: s.Node) -> frozenset[str]:
    """The names by which an equation differentiates."""
    below: list[s.Node] = []
    for node in (n for side in sides for n in s.walk(side)):
        if isinstance(node, s.Derivative):
            below += node.denominators
        elif isinstance(node, s.Nabla):
            variables = map(s.Symbol, world.differentiated.denominators)
            below += [node.variable] if node.variable is not None else variables
    references = (world.table.reference(node) for node in below)
    return frozenset(reference.name for reference in references if reference is not None)


def adjoints_of(c: Comparison, environment: Environment) -> frozenset[str]:
    """The quantities whose sensitivities a comparison mentions."""
    loss = environment.loss
    if loss is None:
        return frozenset()
    found = (adjoint_of(head, loss) for head in (*heads(c.left), *heads(c.right)))
    return frozenset(head for head in found if head is not None)


def unsaid(function: str) -> str:
    return f"at which values {function} is taken is not said"
