"""Sentences about nets and about what is offered, for all presentations: formulas stand between dollar signs."""

from __future__ import annotations

from collections.abc import Iterator

from verify_derivations.checker.verdicts import Gradient, Net, Offer, Printed, Report


def net_title(net: Net) -> str:
    return net.name if net.variant is None else f"{net.name}, {net.variant}"


def about_whole(net: Net) -> tuple[str, str]:
    """What is said of the net as a whole, and under which heading."""
    return "layers" if net.gradients else "not composed", net.message


def common(net: Net) -> tuple[str, ...]:
    """What all its gradients assume, to be said once."""
    first = net.gradients[0].assumptions if net.gradients else ()
    return tuple(a for a in first if all(a in gradient.assumptions for gradient in net.gradients))


def own(net: Net, gradient: Gradient) -> tuple[str, ...]:
    """What a gradient assumes beside that."""
    return tuple(a for a in gradient.assumptions if a not in common(net))


def composition(gradient: Gradient) -> str:
    """``formulas 41, 42, 43 (corrected)``: what the derivative is composed of."""
    if gradient.message:
        return gradient.message
    words = []
    for step in gradient.steps:
        match step.kind:
            case "stated":
                words.append(str(step.number))
            case "corrected":
                words.append(f"{step.number} corrected")
            case _:
                words.append(f"${step.by}$ derived")
    return f"by {', '.join(dict.fromkeys(words))}"


def as_printed(gradient: Gradient) -> str:
    """What the printed formulas give."""
    reason = f": {gradient.reason}" if gradient.reason else ""
    match gradient.printed:
        case Printed.SAME:
            return "as printed: the same"
        case Printed.WRONG:
            return f"as printed: wrong from formula {gradient.number} on{reason}"
        case Printed.ILL_FORMED:
            return f"as printed: ill-formed at formula {gradient.number}{reason}"
        case Printed.NOT_STATED:
            return f"as printed: {gradient.reason or 'not stated'}"
    where = f" at formula {gradient.number}" if gradient.number is not None else ""
    return f"as printed: undecided{where}{reason}"


def derivative(net: Net, gradient: Gradient) -> str:
    return f"\\frac{{\\partial {net.loss}}}{{\\partial {gradient.parameter}}}"


def about(offer: Offer) -> str:
    """Where an offer belongs, and under which conditions it holds."""
    place = f"from formula {offer.number}" if offer.number is not None else ""
    net = f" in {offer.net}" if offer.net else ""
    where = f", where {', '.join(offer.assumptions)}" if offer.assumptions else ""
    return f"derived, not the document's: {place}{net}; {offer.verdict.value}{where}"


def of_formula(report: Report, number: int) -> Iterator[tuple[Net, Gradient]]:
    """The parameters whose derivative a formula states last."""
    for net in report.nets:
        for gradient in net.gradients:
            if gradient.steps and gradient.steps[-1].number == number:
                yield net, gradient
