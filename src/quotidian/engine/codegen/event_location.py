"""Emit the location of crossings: the earliest instant of a step at which an armed trigger is past its level.

If no armed trigger is past its level at the end of a step, the cost is one evaluation of the observables.
Otherwise the instant is found by bisection of the dense output, always with the same number of halvings, and
the step ends there; later values of the step are not recorded.
"""

from __future__ import annotations

from llvmlite import ir

from quotidian.engine.abi import GRAZED, TOO_MANY_CROSSINGS
from quotidian.engine.codegen.dense_output import Observe, Readers, state_within
from quotidian.engine.codegen.lanes import Lanes
from quotidian.engine.codegen.number_format import I64
from quotidian.engine.codegen.trigger_state import crossed, rearm_and_fire

HALVINGS = 53  # to the last bit of the fraction of a step


def find_crossings(lanes: Lanes, readers: Readers, accepted: ir.Value) -> None:
    """Marks lanes to be ``cut`` at a share ``upper`` of their step, moves ``t_new`` there, fires triggers."""
    b = lanes.b
    lanes.set_integers(b.and_(accepted, lanes.active()), "cut")
    for name in ("full", "grazed"):
        lanes.set_integers(lanes.iconst(0), name)
    readers.look("t_new", "new")
    with lanes.count_to(lanes.lanes) as lane, b.if_then(lanes.is_set("cut", lane)):
        lanes.put(crossed(lanes, lane, "new"), "cut", lane)
        with b.if_then(b.not_(lanes.is_set("cut", lane))):
            rearm_and_fire(lanes, lane, "new")
    with b.if_then(lanes.any(lanes.flags("cut"))):
        _locate(lanes, readers.look)
        if lanes.directions:
            _differentiate(lanes, readers)
        t_new = b.select(lanes.flags("cut"), lanes.doubles("out_t"), lanes.doubles("t_new"))
        lanes.set_doubles(t_new, "t_new")
        with lanes.count_to(lanes.lanes) as lane, b.if_then(lanes.is_set("cut", lane)):
            rearm_and_fire(lanes, lane, "mid")
        _keep(lanes, "mid", "cut_y")


def _locate(lanes: Lanes, look: Observe) -> None:
    """Bisect between a fraction at which no armed trigger is past and one at which some is; 0 is tried first.

    The last evaluation is at the earliest fraction found to be past; state, observables and time keep it.
    """
    b = lanes.b
    lanes.set_doubles(lanes.const(0.0), "lower")
    lanes.set_doubles(lanes.const(1.0), "upper")
    last = HALVINGS + 1
    with lanes.count_to(last + 1) as i:
        upper = lanes.doubles("upper")
        half = b.fmul(lanes.const(0.5), b.fadd(lanes.doubles("lower"), upper))
        begins, ends = (lanes.spread(b.icmp_signed("==", i, I64(n))) for n in (0, last))
        _read_at(lanes, look, b.select(begins, lanes.const(0.0), b.select(ends, upper, half)))
        with lanes.count_to(lanes.lanes) as lane, b.if_then(lanes.is_set("cut", lane)):
            middle = lanes.get("middle", lane)
            past = b.icmp_signed("!=", crossed(lanes, lane, "mid"), I64(0))
            lanes.put(b.select(past, middle, lanes.get("upper", lane)), "upper", lane)
            lanes.put(b.select(past, lanes.get("lower", lane), middle), "lower", lane)


def _differentiate(lanes: Lanes, readers: Readers) -> None:
    """Tangents at the crossing, and rates of states and observables there and at the start of the step."""
    state_within(lanes, lanes.doubles("middle"))
    readers.observe("out_t", "mid")
    for t, y, which in (("out_t", "mid", "before"), ("t", "y", "after")):
        readers.rates(t, y, which)
        readers.flow(t, y, which, f"out_{which}")


def _keep(lanes: Lanes, source: str, target: str, where: ir.Value | None = None) -> None:
    """Copy states and their tangents, where a truth value holds."""

    def copy(one: ir.Value, other: ir.Value) -> None:
        for i in range(len(lanes.ode_system.states)):
            value = lanes.load(one, i)
            if where is not None:
                value = lanes.b.select(where, value, lanes.load(other, i))
            lanes.store(value, other, i)

    lanes.of_values_and_tangents(copy, source, target)


def _read_at(lanes: Lanes, look: Observe, theta: ir.Value) -> None:
    """State and observables at a fraction of the step; 1 gives its end to the last bit."""
    b, t_new = lanes.b, lanes.doubles("t_new")
    lanes.set_doubles(theta, "middle")
    within = lanes.minimum(lanes.fma(theta, lanes.doubles("h"), lanes.doubles("t")), t_new)
    whole = b.fcmp_ordered(">=", theta, lanes.const(1.0))
    lanes.set_doubles(b.select(whole, t_new, within), "out_t")
    state_within(lanes, theta, tangents=False)
    look("out_t", "mid")


def end_at_crossings(lanes: Lanes) -> None:
    """End shortened steps with the state at the crossing; outputs up to it have been written."""
    b = lanes.b
    with b.if_then(lanes.any(lanes.flags("cut"))):
        _keep(lanes, "cut_y", "new", lanes.flags("cut"))


def call_for_service(lanes: Lanes) -> None:
    """Mark lanes with a crossing for their actions; a lane without space to record it has failed."""
    b, failed = lanes.b, lanes.integers("failed")
    for name, why in (("full", TOO_MANY_CROSSINGS), ("grazed", GRAZED)):
        failed = b.select(lanes.flags(name), lanes.iconst(why), failed)
    lanes.set_integers(failed, "failed")
    lanes.set_integers(b.or_(lanes.flags("call"), lanes.flags("cut")), "call")
