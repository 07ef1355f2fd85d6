"""Flavours: what made-up producers talk of: plain things, and such as are hard to lay out."""

from dataclasses import dataclass, replace
from math import sin
from typing import Final


@dataclass(frozen=True, slots=True)
class Flavour:
    """Words and numbers that specimens are made of; `names` and `values` are at least four."""

    names: tuple[str, ...]
    text: str
    prose: str
    values: tuple[float, ...]
    unit: str
    states: tuple[str, ...] = ("up", "up", "degraded", "up", "down", "no data", "idle")


_PROSE: Final = """\
## Late shift

**Ada** and *Bo* are on call until `06:00`.

- the [runbook](https://example.org/runbook)
- Gate 3 stays shut
"""

PLAIN: Final = Flavour(
    names=("boiler", "hall", "press 2", "press 10", "pump", "roof", "server room"),
    text="The north door is open",
    prose=_PROSE,
    values=tuple(round(21 + 4 * sin(step / 5) + step / 40, 1) for step in range(48)),
    unit="°C",
)

_LONG: Final = "Uninterruptible-power-supply-in-the-basement-of-the-northern-annexe-behind-the-lift"

OVERFLOW: Final = replace(
    PLAIN,
    names=(_LONG, *(f"{_LONG[:40]} no. {number}" for number in range(1, 80))),
    text=f"{_LONG} reports that {' and that '.join([_LONG.lower()] * 12)}",
    prose="\n\n".join([f"# {_LONG} {_LONG}", *[f"{_LONG} is {'very ' * 60}long."] * 20]),
    unit="kilograms/m",
    states=("up", "down", "catastrophically unavailable", "degraded", "paused"),
)

FLAVOURS: Final[dict[str, Flavour]] = {
    "overflow": OVERFLOW,
    "huge": replace(
        PLAIN, values=tuple(value * 10.0**11 for value in PLAIN.values), unit="requests"
    ),
    "tiny": replace(PLAIN, values=tuple(-value / 10.0**8 for value in PLAIN.values), unit="mol"),
    "right to left": replace(
        PLAIN,
        names=("الغلاية", "القاعة", "مكبس 2", "مكبس 10", "מד־חום", "السطح"),
        text="الباب الشمالي مفتوح (gate 3) منذ 5 دقائق!",
        prose="## المناوبة الليلية\n\n**آدا** و *بو* حتى `06:00`.\n\n- البوابة 3 مغلقة",
        unit="°م",
        states=("تعمل", "down", "up", "معطلة"),
    ),
    "emoji": replace(
        PLAIN,
        names=("🔥 boiler", "👩‍👩‍👧‍👦", "🏳️‍🌈 hall", "🚪", "🇯🇵🇩🇪", "é̷̛"),
        text="🚨🚨 The 🚪 is open 👩🏽‍🚒",
        prose="# 🎉 Party 🎉\n\n👩‍👩‍👧‍👦 at **18:00** 🍕\n\n- 🎸 music\n- 🍰 cake",
        unit="🍕",
        states=("🟢", "down", "🔥 warn", "up"),
    ),
    "Japanese": replace(
        PLAIN,
        names=(
            "ボイラー",
            "玄関ホール",
            "プレス機2号",
            "プレス機10号",
            "揚水ポンプ",
            "屋上の気象観測装置",
        ),
        text="北側の扉が開いています。至急確認してください。",
        prose="## 夜勤\n\n**田中**と*鈴木*が六時まで当番です。\n\n- 三番ゲートは閉鎖中\n- [手順書](https://example.org/)",
        unit="度",
        states=("稼働中", "down", "up", "停止"),
    ),
}
"""What a state of the gallery's is called → what is said in it."""
