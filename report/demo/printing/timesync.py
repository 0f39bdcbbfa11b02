"""timesync: chrony's tracking, or what systemd-timesyncd says on the bus."""

from __future__ import annotations

from report.demo.visit import Visit, section

REFERENCE = "0A1E0001,10.30.0.1"
LOST = f"00000000,,0,0.000000000,{'0.000000000,' * 3}0.000,0.000,0.000,1.0,1.0,0.0,Not synchronised"
SINCE_1900 = 2_208_988_800


def printed(visit: Visit) -> str:
    """Return what the probe of `timesync` prints."""
    now, system = int(visit.now.timestamp()), visit.server.system
    lost = visit.story.state(visit.server.name, "clock", visit.day) is not None
    timesyncd = system.packages == "apt" and system.init == "systemd"
    said = section("seen", "systemd-timesyn" if timesyncd else "chronyd")
    said += section("init", system.init) + section("now", str(now))
    said += _timesyncd(now) if timesyncd else section("chrony", LOST if lost else _chrony(visit))
    if system.init == "systemd":
        said += section("kernel", f"NTPSynchronized={'no' if lost else 'yes'}")
    else:
        said += section("kernel", ["    mode:         0", "    status:       8193 (PLL)"])
    rights = ["CapBnd:\t000001ffffffffff", "         0          0 4294967295"]
    return said + section("rights", rights) + section("system", "Linux")


def _chrony(visit: Visit) -> str:
    dice = visit.dice("clock")
    ahead = dice.gauss(0, 0.0004)
    heard = visit.now.timestamp() - dice.uniform(20, 900)
    return (
        f"{REFERENCE},3,{heard:.9f},{ahead:.9f},{ahead:.9f},0.000214332,"
        "-8.213,0.004,0.061,0.001232100,0.000228000,1034.8,Normal"
    )


def _timesyncd(now: int) -> str:
    """Return address and last message: four stamps, and when they came."""
    heard = (now - 411) * 1_000_000
    stamps = " ".join(str(heard + step) for step in (0, 4200, 4260, 9800))
    message = (
        f"(uuuuittayttttbtt) 0 4 4 2 -25 1434 427 4 132 163 96 5 {stamps} false 812 {heard + 9900}"
    )
    return section("timesyncd", ["(iay) 2 4 10 30 0 1", message])
