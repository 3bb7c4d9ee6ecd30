r"""Coefficients of the Rosenbrock methods, in the form that needs no matrix-vector product.

One step from :math:`y_0` over h solves, for i = 1 .. s,

.. math::
    \left(\frac{1}{\gamma} I - h J\right) k_i =
        h f\Big(t + c_i h,\; y_0 + \sum_{j<i} a_{ij} k_j\Big)
        + \sum_{j<i} C_{ij} k_j + d_i h^2 f_t

and ends at :math:`y_1 = y_0 + \sum_j a_{sj} k_j + k_s` with error estimate :math:`k_s`.
Dense output: :math:`y(\theta) = (1-\theta) y_0 + \theta\,(y_1 + (1-\theta)(p_1 + \theta(p_2 + \theta p_3)))`
with :math:`p_m = \sum_j H_{mj} k_j`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """A Rosenbrock method: stage coefficients, dense output, order of step and of its estimate."""

    name: str
    order: int
    gamma: float
    a: tuple[tuple[float, ...], ...]
    C: tuple[tuple[float, ...], ...]
    c: tuple[float, ...]
    d: tuple[float, ...]
    H: tuple[tuple[float, ...], ...]

    @property
    def stages(self) -> int:
        return len(self.c)


def _chained(rows: tuple[tuple[float, ...], ...], extra: int) -> tuple[tuple[float, ...], ...]:
    """Append stages whose argument is the stage before plus its increment."""
    out = list(rows)
    for _ in range(extra):
        out.append((*out[-1], 1.0))
    return tuple(out)


# G. Steinebach, Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the
# Julia Differential Equations package. BIT Numer Math 2023;63:27. doi 10.1007/s10543-023-00967-x
RODAS5P = Method(
    name="Rodas5P",
    order=5,
    gamma=0.21193756319429014,
    a=_chained(
        (
            (),
            (3.0,),
            (2.849394379747939, 0.45842242204463923),
            (-6.954028509809101, 2.489845061869568, -10.358996098473584),
            (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641),
            (
                -7.502846399306121,
                2.561846144803919,
                -11.627539656261098,
                -0.18268767659942256,
                0.030198172008377946,
            ),
        ),
        2,
    ),
    C=(
        (),
        (-14.155112264123755,),
        (-17.97296035885952, -2.859693295451294),
        (147.12150275711716, -1.41221402718213, 71.68940251302358),
        (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306),
        (
            24.854864614690072,
            -3.0009227002832186,
            47.4931110020768,
            5.5814197821558125,
            -0.6610691825249471,
        ),
        (
            30.91273214028599,
            -3.1208243349937974,
            77.79954646070892,
            34.28646028294783,
            -19.097331116725623,
            -28.087943162872662,
        ),
        (
            37.80277123390563,
            -3.2571969029072276,
            112.26918849496327,
            66.9347231244047,
            -40.06618937091002,
            -54.66780262877968,
            -9.48861652309627,
        ),
    ),
    c=(0.0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1.0, 1.0, 1.0),
    d=(
        0.21193756319429014,
        -0.42387512638858027,
        -0.3384627126235924,
        1.8046452872882734,
        2.325825639765069,
        0.0,
        0.0,
        0.0,
    ),
    H=(
        (
            25.948786856663858,
            -2.5579724845846235,
            10.433815404888879,
            -2.3679251022685204,
            0.524948541321073,
            1.1241088310450404,
            0.4272876194431874,
            -0.17202221070155493,
        ),
        (
            -9.91568850695171,
            -0.9689944594115154,
            3.0438037242978453,
            -24.495224566215796,
            20.176138334709044,
            15.98066361424651,
            -6.789040303419874,
            -6.710236069923372,
        ),
        (
            11.419903575922262,
            2.8879645146136994,
            72.92137995996029,
            80.12511834622643,
            -52.072871366152654,
            -59.78993625266729,
            -0.15582684282751913,
            4.883087185713722,
        ),
    ),
)
