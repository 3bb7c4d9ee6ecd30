"""Emit the outputs: observables at the requested times, from the dense output polynomial of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llvmlite import ir

from quotidian.engine.codegen.emitter import Emitter
from quotidian.engine.codegen.lanes import Lanes
from quotidian.engine.codegen.memory_layout import increments
from quotidian.engine.codegen.number_format import DOUBLE, I64
from quotidian.engine.codegen.trigger_state import begin_watch

STATES_WITHIN = ("y", "new", "k", "mid")
Observe = Callable[[str, str], None]  # emits the observables at a time and a state, by names of buffers


@dataclass(frozen=True)
class Readers:
    """What may be emitted at a time and a state, by names of buffers.

    ``observe`` : observables, with their tangents where there are any; ``look`` : without, and ``part`` of
    those lanes that begin with one.
    ``rates`` : of the states, into a buffer; ``flow`` : of the observables, from those rates into a buffer.
    """

    observe: Observe
    look: Observe
    rates: Callable[[str, str, str], None]
    flow: Callable[[str, str, str, str], None]
    part: Callable[[str, str, ir.Value], None]


def record_fresh(lanes: Lanes, observe: Observe) -> None:
    """The state a subject begins with, before any dose of that instant."""
    b = lanes.b
    with b.if_then(lanes.any(lanes.flags("fresh"))):
        observe("t", "y")
        with lanes.count_to(lanes.lanes) as lane, b.if_then(lanes.is_set("fresh", lane)):
            lanes.put(I64(1), "call", lane)
            lanes.put(I64(0), "fresh", lane)
            if lanes.triggers:
                begin_watch(lanes, lane)
            with lanes.while_(lambda: b.fcmp_ordered("<=", _due_time(lanes, lane), lanes.get("t", lane))):
                _write_row(lanes, lane)
            lanes.put(_due_time(lanes, lane), "due", lane)


def record_now(lanes: Lanes, observe: Observe, lane: ir.Value) -> None:
    """The next output of one lane, from its present state: what an event of that kind asks for."""
    more = lanes.b.icmp_signed("<", lanes.get("row", lane), lanes.arg["n_times"])
    with lanes.b.if_then(more):
        observe("t", "y")
        _write_row(lanes, lane)
        lanes.put(_due_time(lanes, lane), "due", lane)


def record_due(lanes: Lanes, readers: Readers, accepted: ir.Value) -> None:
    """Outputs that fall into the step just accepted."""
    b = lanes.b

    def due() -> ir.Value:
        late = b.fcmp_ordered("<=", lanes.doubles("due"), lanes.doubles("t_new"))
        return b.and_(b.and_(late, accepted), lanes.active())

    with lanes.while_(lambda: lanes.any(due())):
        mask = due()
        lanes.set_integers(mask, "call")
        _aim(lanes, mask)
        if lanes.part == lanes.lanes:
            state_within(lanes, lanes.doubles("theta"))
            readers.observe("out_t", "mid")
        else:
            _record_parts(lanes, readers)
        with lanes.count_to(lanes.lanes) as lane, b.if_then(lanes.is_set("call", lane)):
            _write_row(lanes, lane)
            lanes.put(_due_time(lanes, lane), "due", lane)


def _record_parts(lanes: Lanes, readers: Readers) -> None:
    """States and observables of those parts of the lanes in which an output is due."""
    with lanes.parts() as first, lanes.b.if_then(lanes.any_in_part("call", first)):
        e, k = lanes.emitter_of_part(), lanes.emitter_of_part(lanes.stages.number)
        theta = e.load(lanes.beginning("theta", first))
        places = [lanes.beginning(name, first) for name in STATES_WITHIN]
        _polynomial(lanes, e, k, theta)(*places)
        readers.part("out_t", "mid", first)


def _due_time(lanes: Lanes, lane: ir.Value) -> ir.Value:
    """Time of a lane's next output; infinity when there is none."""
    row = lanes.get("row", lane)
    more = lanes.b.icmp_signed("<", row, lanes.arg["n_times"])
    place = lanes.b.add(lanes.b.mul(lanes.get("subject", lane), lanes.arg["times_stride"]), row)
    return lanes.if_known(more, lambda: lanes.at("times", place), DOUBLE(float("inf")))


def _write_row(lanes: Lanes, lane: ir.Value) -> None:
    b, row, width = lanes.b, lanes.get("row", lane), lanes.arg["n_chosen"]
    place = b.mul(b.add(b.mul(lanes.get("subject", lane), lanes.arg["n_times"]), row), width)
    with lanes.count_to(width) as i:
        lanes.set_at(lanes.get("out", lane, lanes.at("chosen", i)), "output", b.add(place, i))
    for w in range(lanes.directions):
        column = b.add(b.mul(place, I64(lanes.directions)), b.mul(width, I64(w)))
        with lanes.count_to(width) as i:
            item = b.add(lanes.at("chosen", i), I64(w * len(lanes.ode_system.observables)))
            lanes.set_at(lanes.get("out_dot", lane, item), "output_dot", b.add(column, i))
    lanes.put(b.add(row, I64(1)), "row", lane)


def _aim(lanes: Lanes, mask: ir.Value) -> None:
    """The output times that are due, and their fractions of the step."""
    b, t = lanes.b, lanes.doubles("t")
    out_t = b.select(mask, lanes.doubles("due"), t)
    lanes.set_doubles(out_t, "out_t")
    lanes.set_doubles(b.fdiv(b.fsub(out_t, t), lanes.doubles("h")), "theta")


def state_within(lanes: Lanes, theta: ir.Value, tangents: bool = True) -> None:
    r""":math:`y(\theta) = (1-\theta) y_0 + \theta y_1 + \sum_j w_j(\theta) k_j` of the step just taken."""
    interpolate = _polynomial(lanes, lanes, lanes.stages, theta)
    if tangents:
        lanes.of_values_and_tangents(interpolate, *STATES_WITHIN)
    else:
        interpolate(*(lanes.buf[name] for name in STATES_WITHIN))


def _polynomial(lanes: Lanes, e: Emitter, stages: Emitter, theta: ir.Value) -> Callable[..., None]:
    """Emits the dense output from buffers of both ends and of increments into one of states."""
    b, n = lanes.b, len(lanes.ode_system.states)
    apart = increments(n, lanes.stages.size)
    rest = b.fsub(e.const(1.0), theta)
    both = b.fmul(theta, rest)
    columns = zip(*lanes.method.H, strict=True)
    weights = [b.fmul(both, e.horner(theta, list(column))) for column in columns]

    def interpolate(y: ir.Value, new: ir.Value, k: ir.Value, mid: ir.Value) -> None:
        for i in range(n):
            total = b.fmul(rest, e.load(y, i))
            total = e.fma(theta, e.load(new, i), total)
            for j, weight in enumerate(weights):
                total = e.fma(weight, stages.to_double(stages.load(k, j * apart + i)), total)
            e.store(total, mid, i)

    return interpolate
