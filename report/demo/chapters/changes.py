"""What changes on servers and should not: a leak, a lost clock, a port, a user, a key, a rule."""

from __future__ import annotations

from datetime import timedelta

from report.demo import usage
from report.demo.organisation import Server
from report.demo.story import Story, at


def plant(story: Story) -> None:
    """Plant the changes; those of intruders follow on the logins that were planted."""
    _leak(story)
    _clock(story)
    _timer(story)
    _disk(story)
    _left_behind(story)


def _leak(story: Story) -> None:
    server = story.pick("app", 1)
    if server is None:
        return
    pace = story.pace(0.62, 20.0)
    story.memory[server.name] = usage.steady(f"memory {server.name}", story.last, 98.4, pace, 0.2)
    story.plant(
        "memory_fills", [server.name], "memory", story.past(30), severity="critical",
        used_percent=98, oom_kills=3,
    )  # fmt: skip
    since = max(story.past(int(3.4 / pace)), story.past(7))
    story.plant("kernel_oom", [server.name], "java", since, severity="warning")


def _clock(story: Story) -> None:
    """Let a clock be on its own since some days."""
    server = story.pick(
        "storage", 1, lambda s: s.system.packages in ("dnf", "zypper")
    ) or story.pick("db", 1, lambda s: s.system.packages == "dnf")
    if server is None:
        return
    story.states[server.name, "clock"] = story.past(4), True
    story.plant("clock_lost", [server.name], "clock", story.past(4), severity="warning")


def _timer(story: Story) -> None:
    """Let the timer that renews certificates stand still; what follows is in `software`."""
    server = story.pick("web", 5, lambda s: s.system.init == "systemd")
    if server is None:
        return
    stopped = at(story.past(12) - timedelta(days=3), 0, 0, 2)
    story.states[server.name, "certbot.timer"] = story.past(12), stopped
    story.plant(
        "timer_overdue", [server.name], "certbot.timer", story.past(12), severity="warning",
        last_at=stopped.isoformat(),
    )  # fmt: skip


def _disk(story: Story) -> None:
    """Let one of two mirrored disks fail."""
    server = story.pick("storage", 3, lambda s: (s.name, story.last) not in story.absences)
    if server is None:
        return
    story.states[server.name, "disk"] = story.past(3), 2011
    story.plant("raid_degraded", [server.name], "md0", story.past(3), severity="critical")
    story.plant("disk_failed", [server.name], "sdb", story.past(3), severity="critical")


def _left_behind(story: Story) -> None:
    """Let whoever got in leave something behind, on the servers where that was planted."""
    hosts = {plant.kind: plant.hosts[0] for plant in story.plants if plant.kind in
             ("failed_then_accepted", "login_new_source")}  # fmt: skip
    found = {server.name: server for server in story.servers}
    if guessed := hosts.get("failed_then_accepted"):
        _backdoor(story, found[guessed])
    if stolen := hosts.get("login_new_source"):
        _foothold(story, found[stolen])


def _backdoor(story: Story, server: Server) -> None:
    rule = "deploy ALL=(ALL) NOPASSWD: ALL"
    story.states[server.name, "user"] = story.last, "support"
    story.states[server.name, "sudoers"] = story.last, rule
    story.plant("user_added", [server.name], "support", story.last, severity="critical", uid=0)
    story.plant("sudoers_changed", [server.name], "/etc/sudoers.d/90-local", story.last,
                severity="warning", text=rule)  # fmt: skip


def _foothold(story: Story, server: Server) -> None:
    user = next(plant.object for plant in story.plants if plant.kind == "login_new_source")
    story.states[server.name, "port"] = story.last, (4444, "nc", 2001)
    story.states[server.name, "key"] = story.last, user
    story.plant("port_opened", [server.name], "4444/tcp", story.last, severity="warning",
                process="nc")  # fmt: skip
    story.plant("key_added", [server.name], user, story.last, severity="warning",
                comment="root@kali")  # fmt: skip
