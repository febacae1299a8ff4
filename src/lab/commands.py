"""`make up`, `make deploy` and `make down`: start what watches, start what is watched, and end it all."""

import shutil

from lab import configuration, programs, web
from lab.configuration import SPEED
from lab.places import Lab
from lab.say import Tell, say
from lab.stage import Stage
from lab.state import STAGES, need, need_whole, stage


def up(lab: Lab, tell: Tell) -> str:
    """Start what watches: Prometheus, Alertmanager and the receiver. What runs already is used again."""
    tell("preflight: programs and ports")
    lab.folder.mkdir(parents=True, exist_ok=True)
    monitoring = stage(lab, "monitoring")
    reused = monitoring.alive()
    if reused:
        need_whole(monitoring)
    else:
        _start_monitoring(lab, monitoring, tell)
    head = "What watches runs already, and is used again." if reused else "What watches runs."
    return say(
        f"{head} It is {SPEED} times as fast as in production: two hours are one minute.",
        {
            web.prometheus_page(lab, "/alerts"): "the rules, and which of them fire",
            lab.url("alertmanager", "/api/v2/alerts/groups"): "what is grouped, held back and silenced",
            lab.url("receiver", "/"): "what arrived",
        },
        "make deploy",
    )


def deploy(lab: Lab, tell: Tell) -> str:
    """Start both versions of the API; what runs of them is replaced, as a release would."""
    need(lab, "monitoring", "make up")
    stage(lab, "traffic").stop()
    stage(lab, "schedules").stop()
    lab.flags.unlink(missing_ok=True)
    programs.need_ports(lab, ("v1", "v2"))
    tell("starting v1 and v2")
    schedules = stage(lab, "schedules")
    with schedules.starting(programs.schedules(lab)):
        health = (lab.url("v1", "/healthz"), lab.url("v2", "/v2/healthz"))
        schedules.wait(lambda: all(map(web.answers, health)), "the API")
        tell("waiting until Prometheus has seen both")
        schedules.wait(lambda: len(web.query(lab, 'up{job="schedules"} == 1')) == 2, "Prometheus")
    return say(
        "Both versions of the API run.",
        {
            lab.url("v1", "/v1/appoints/available-schedule"): "free appointments, version v1",
            lab.url("v2", "/v2/appoints/available-schedule"): "the same, version v2",
            web.prometheus_page(lab, "/targets"): "that Prometheus sees both",
        },
        "make load, or make fire-alerts",
    )


def down(lab: Lab, tell: Tell) -> str:
    """End everything, also what a crash left behind."""
    if not lab.folder.exists():
        return "Nothing runs."
    ended = []
    for name in STAGES:
        tell(f"ending {name}")
        ended += [name] if stage(lab, name).stop() else []
    lab.flags.unlink(missing_ok=True)
    lab.forget()
    return f"Ended: {', '.join(ended)}. Nothing is left running." if ended else "Nothing runs."


def _start_monitoring(lab: Lab, monitoring: Stage, tell: Tell) -> None:
    programs.find("k6")  # before anything is started: later commands need it
    found = programs.monitoring(lab)
    programs.need_ports(lab, [one.name for one in found])
    for folder in ("prometheus", "alertmanager"):  # a new lab knows nothing of the last one
        shutil.rmtree(lab.folder / folder, ignore_errors=True)
    configuration.write(lab)
    tell("starting Prometheus, Alertmanager and the receiver")
    with monitoring.starting(found):
        lab.remember()
        health = (
            lab.url("prometheus", "/-/ready"),
            lab.url("alertmanager", "/-/ready"),
            lab.url("receiver", "/"),
        )
        monitoring.wait(lambda: all(map(web.answers, health)), "what watches")
