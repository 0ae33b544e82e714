"""docs/PERFORMANCE.md and its plots, from what was measured."""

from collections.abc import Sequence
from pathlib import Path

import cost
import plot
from figures import Figures
from targets import case, floor_cpu_us, ratio, row, targets

_SIDES = ("Latchkey", "Better Auth")
_MEMORY_SIZES = (128, 256, 512, 1024, 1769, 3008)
# What a function holds beside the hash.
_BESIDE_HASH_MB = 30


def write(results: Figures, folder: Path) -> None:
    """Writes both."""
    plots = folder / "performance"
    plots.mkdir(exist_ok=True)
    parts = [_head(results), _targets(results)]
    for section, of_section in _SECTIONS.items():
        if (section if section != "cost" else "lambda") in results:
            text, images = of_section(results)
            parts.append(text)
            for name, image in images.items():
                (plots / f"{name}.svg").write_text(image)
    parts.append(_HOW)
    (folder / "PERFORMANCE.md").write_text("\n\n".join(part.strip() for part in parts) + "\n")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    aligned = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, aligned, *rows))


def _image(name: str, words: str) -> str:
    return f"![{words}](performance/{name}.svg)"


def _ms(microseconds: float) -> str:
    return _number(microseconds / 1000)


def _number(value: float | None) -> str:
    """Three digits, and thousands apart."""
    if value is None:
        return ""
    if value >= 1000:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _head(results: Figures) -> str:
    m = results["machine"]
    quick = "\n\n**A quick run: it shows that the programs work. Its figures say nothing.**" if m["quick"] else ""
    versions = _table(
        ("", ""),
        [
            ("machine", f"{m['processor']}, {m['cores']} cores, {m['memoryGb']} GB; {m['system']}"),
            ("Latchkey", f"{m['commit']}, rustc {m['rust']}, release profile"),
            ("Better Auth", f"{m['betterAuth']}, Node {m['node']}, Express {m['express']}, `NODE_ENV=production`"),
            ("Postgres", m["postgres"]),
            ("argon2 in C", f"libargon2 {m['libargon2']}"),
            ("measured on", m["date"]),
        ],
    )
    return f"""# Performance

Latchkey and Better Auth {m["betterAuth"]} side by side: one run, one machine, one Postgres, in turns. `make bench` measures and
writes this file, from [`performance.json`](performance.json); `make bench QUICK=1` shows in minutes that it works.
A figure of one machine says little: what counts is how it stands to its neighbour.{quick}

{versions}"""


def _targets(results: Figures) -> str:
    rows = [(it.aim, it.measured, it.verdict) for it in targets(results)]
    text = _table(("target", "measured", ""), rows).replace("| ---: | ---: |", "| --- | --- |")
    return f"## Targets\n\n{text}"


def _title(of_case: Figures) -> str:
    name, group = of_case["name"], of_case["group"]
    if name in ("sign-in", "sign-up"):
        return f"{name}, `{of_case['preset']}`"
    return f"{name}, {group}" if group else str(name)


def _warm(results: Figures) -> tuple[str, dict[str, str]]:
    warm = results["warm"]
    cases = warm["cases"]
    per_cpu = _table(
        ("", "Latchkey /CPU s", "Better Auth /CPU s", "ratio", "Latchkey ms of CPU", "Better Auth ms of CPU", "statements"),
        [
            (
                _title(it),
                *(_number(it["busy"][side]["perCpuSec"]) for side in _SIDES),
                f"**{ratio(it['busy']):.1f} ×**",
                *(_number(it["busy"][side]["cpuMs"]) for side in _SIDES),
                " / ".join(str(it["statements"][side]) for side in _SIDES),
            )
            for it in cases
        ],
    )
    latency = _table(
        ("ms", "Latchkey p50", "p99", "Better Auth p50", "p99", "p50 ratio", "busy: Latchkey /s", "Better Auth /s"),
        [
            (
                _title(it),
                *(_ms(it["alone"][side][at]) for side in _SIDES for at in ("p50", "p99")),
                f"{1 / ratio(it['alone'], 'p50'):.1f} ×",
                *(_number(it["busy"][side]["perSec"]) for side in _SIDES),
            )
            for it in cases
        ],
    )
    floors = warm["floor"]
    reader = case(results, "get-session")
    select, statement, health = floors["select"], floors["statement"], floors["health"]
    rows = [
        ("a plain join, bare sqlx", select["microseconds"], floor_cpu_us(select)),
        ("get-session's statement, bare sqlx", statement["microseconds"], floor_cpu_us(statement)),
        ("`GET /health`: HTTP, no statement", health["alone"]["microseconds"], 1000 * health["busy"]["cpuMs"]),
        *(
            (name, reader["alone"][side], 1000 * reader["busy"][side]["cpuMs"])
            for name, side in (("`GET /get-session`", "Latchkey"), ("`GET /get-session`, Better Auth", "Better Auth"))
        ),
    ]
    both = statement["microseconds"]["p50"] + health["alone"]["microseconds"]["p50"]
    floor = _table(
        ("one after the other", "p50 µs", "p99 µs", "to statement and HTTP", "µs of CPU"),
        [
            (name, f"{times['p50']:.0f}", f"{times['p99']:.0f}", f"{times['p50'] / both:.2f} ×", _number(cpu_us))
            for name, times, cpu_us in rows
        ],
    )
    memory = _table(
        ("MB resident", "Latchkey at start", "at most", "Better Auth at start", "at most"),
        [
            (
                it["group"] or f"all endpoints, `{it['preset']}`",
                *(_number(it[at][side]) for side in _SIDES for at in ("atStart", "most")),
            )
            for it in warm["memory"]
        ],
    )
    image = plot.bars(
        "Requests per second of CPU",
        _SIDES,
        [
            (
                _title(it).replace("`", ""),
                [it["busy"][side]["perCpuSec"] for side in _SIDES],
                [
                    f"{_number(it['busy']['Latchkey']['perCpuSec'])} ({ratio(it['busy']):.1f} ×)",
                    _number(it["busy"]["Better Auth"]["perCpuSec"]),
                ],
            )
            for it in cases
        ],
    )
    text = f"""## Warm, per request

{_image("warm", "Requests per second of CPU, Latchkey and Better Auth")}

{warm["busyClients"]} clients keep the service busy; what it used of its processor is the kernel's count. Statements are Latchkey's and
Better Auth's for one request, from Postgres' log. Better Auth hashes with scrypt, whichever preset Latchkey has.

{per_cpu}

One client alone, and what {warm["busyClients"]} get done in a second of the clock:

{latency}

### Floors

What one get-session is made of, for one client. The bare statement is sent by sqlx on one connection, decoded, and
nothing else: two switches between processes. HTTP has two more, and its floor is `/health`. Together they are what a
get-session can't be quicker than: {both:.0f} µs.

{floor}

The floor of a sign-in is its hash: below.

### Memory

{memory}

`latchkey` is the local server: every endpoint in one process, its API's description and an embedded Postgres that is not
used here. What a function takes is below."""
    return text, {"warm": image}


def _lambda(results: Figures) -> tuple[str, dict[str, str]]:
    of = results["lambda"]
    zips = of["zipMb"]

    def zip_of(it: Figures) -> str:
        return _number(zips.get(it["side"], zips.get(it["endpoint"])))

    rows = [
        (
            f"{it['endpoint'] if it['side'] != 'hello-world' else 'hello-world'}{'' if it['side'] == 'hello-world' else ', ' + it['side']}",
            f"{it['memoryMb']} MB",
            f"**{_number(it['startMs'])}**",
            _number(it["startCpuMs"]),
            _number(it["warmMs"]),
            _number(it["warmP99Ms"]),
            _number(it["warmCpuMs"]),
            _number(it["mostMb"]),
            zip_of(it),
        )
        for it in of["rows"]
    ]
    table = _table(
        ("", "processor of", "start to first answer, ms", "of it CPU", "warm p50, ms", "p99", "CPU ms", "MB resident", "zip, MB"),
        rows,
    )
    shared = (
        f"A share is what the memory buys: {of['wholeMb']} MB are a whole processor, {of['readerMb']} MB, which the template chooses for\n"
        f"readers, {of['readerMb'] / of['wholeMb']:.0%} of one, set by the kernel's control groups."
        if of["shares"]
        else "This machine lets nobody limit a process to the share of a processor that less memory buys."
    )
    text = f"""## On Lambda

{_image("start", "Start to first answer, Latchkey and Better Auth")}

Under AWS's Runtime Interface Emulator: the same event, the secrets on loopback, Postgres by TLS (verified) and
SCRAM-SHA-256. Better Auth is bundled by esbuild into one file, with the least around it: no Express, no AWS SDK, its
secrets by a bare `fetch`. What the emulator itself costs is in hello-world's row.
{shared}

{table}

Sign-in hashes with `owasp`, Better Auth with scrypt. In the zip of Better Auth there is no Node: Lambda brings it."""
    return text, {"start": _start_plot(of["rows"])}


def _start_plot(rows: Sequence[Figures]) -> str:
    groups: dict[tuple[str, int], dict[str, float]] = {}
    for it in rows:
        groups.setdefault((it["endpoint"], it["memoryMb"]), {})[it["side"]] = it["startMs"]
    sides = ("Latchkey", "Better Auth", "hello-world")
    return plot.bars(
        "Start to first answer, ms",
        sides,
        [
            (
                f"{endpoint}, {memory_mb} MB",
                [of_side[side] for side in sides if side in of_side],
                [_number(of_side[side]) for side in sides if side in of_side],
            )
            for (endpoint, memory_mb), of_side in groups.items()
        ],
    )


def _hashes(results: Figures) -> tuple[str, dict[str, str]]:
    rows = results["hashes"]
    names = {"owasp": "argon2id, 19 MiB, 2 passes", "asvs": "argon2id, 46 MiB, 1 pass", "scrypt": "scrypt, 32 MiB"}
    table = _table(
        ("ms of CPU", "Latchkey", "reference", "ratio", "the crate alone", "memory reused", "MB resident", "reference's"),
        [
            (
                f"`{it['preset']}`: {names[it['preset']]}",
                _number(it["service"]["cpuMs"]),
                _number(it["reference"]["cpuMs"]),
                f"**{it['service']['cpuMs'] / it['reference']['cpuMs']:.2f} ×**",
                *(_number(it[way]["cpuMs"]) if way in it else "" for way in ("fresh", "reused")),
                _number(it["service"]["memoryMb"]),
                _number(it["reference"]["memoryMb"]),
            )
            for it in rows
        ],
    )
    prices = _table(
        ("time of CPU, and $ per million", *(f"{memory_mb} MB" for memory_mb in _MEMORY_SIZES)),
        [
            (f"`{it['preset']}`", *(_price(it["service"]["cpuMs"], it["mib"], memory_mb) for memory_mb in _MEMORY_SIZES))
            for it in rows
        ],
    )
    text = f"""## Hashes

Latchkey's is what a sign-in does with a password. The reference is libargon2 in C, called one hash after the other in
one process; for scrypt it is Node's, which is OpenSSL's.

{table}

What hashing costs on Lambda, for each size of memory. Below 1769 MB a function has a part of a processor, so a hash
takes longer and costs the same; above, one lane has no use for the second. `latchkey calibrate` prints this for your
own machine.

{prices}"""
    return text, {}


def _price(cpu_ms: float, mib: float, memory_mb: int) -> str:
    if mib + _BESIDE_HASH_MB > memory_mb:
        return "too small"
    ms = cpu_ms * max(1769 / memory_mb, 1)
    return f"{ms:.0f} ms, ${cost.compute(ms, memory_mb):.2f}"


def _growth(results: Figures) -> tuple[str, dict[str, str]]:
    parts, images = ["## Growth"], {}
    if "rows" in results:
        rows = results["rows"]
        few, many = rows["sessions"]["few"], rows["sessions"]["many"]
        table = _table(
            ("", f"p50 ms, {few:,} sessions", f"{many:,}", "ratio", f"/CPU s, {few:,}", f"{many:,}"),
            [
                (
                    endpoint,
                    *(_ms(rows[endpoint]["alone"][name]["p50"]) for name in ("few", "many")),
                    f"**{rows[endpoint]['alone']['many']['p50'] / rows[endpoint]['alone']['few']['p50']:.2f} ×**",
                    *(_number(rows[endpoint]["busy"][name]["perCpuSec"]) for name in ("few", "many")),
                )
                for endpoint in ("get-session", "sign-in")
            ],
        )
        parts.append(f"### More sessions\n\nA token in turn from all over the table.\n\n{table}")
    if "clean-up" in results:
        it = results["clean-up"]
        table = _table(
            (f"sign-in, {it['clients']} clients, ms", "without", "beside a clean-up", "ratio"),
            [
                (at, _ms(it[at]["without"]), _ms(it[at]["with"]), f"**{it[at]['with'] / it[at]['without']:.2f} ×**")
                for at in ("p50", "p99")
            ],
        )
        parts.append(
            f"### Clean-up\n\n{it['expired']:,} expired sessions are deleted, {_number(it['perSec'])} a second, while people sign in.\n\n{table}"
        )
    if "clients" in results:
        rows_ = results["clients"]
        table = _table(
            ("clients", "Latchkey /s", "p50 ms", "p99 ms", "Better Auth /s", "p50 ms", "p99 ms", "p99 ratio", "errors"),
            [
                (
                    f"{it['clients']:,}",
                    *(
                        cell
                        for side in _SIDES
                        for cell in (_number(it[side]["perSec"]), _ms(it[side]["p50"]), _ms(it[side]["p99"]))
                    ),
                    f"{1 / ratio(it, 'p99'):.1f} ×",
                    " / ".join(str(it[side]["errors"]) for side in _SIDES),
                )
                for it in rows_
            ],
        )
        images["clients"] = plot.lines(
            "get-session: p99 by clients",
            _SIDES,
            [[(it["clients"], it[side]["p99"] / 1000) for it in rows_] for side in _SIDES],
            "clients",
            "ms",
            is_log=True,
        )
        words = "get-session's p99 by the number of clients"
        parts.append(f"### More clients\n\n{_image('clients', words)}\n\nget-session, each client on a connection of its own.\n\n{table}")
    if "soak" in results:
        it = results["soak"]
        samples = it["samples"]
        images["soak"] = plot.lines(
            "Memory of the local server under load",
            ("MB resident",),
            [[(sample["secs"], sample["memoryMb"]) for sample in samples]],
            "seconds",
            "MB",
            is_log=False,
        )
        files = [sample["files"] for sample in samples]
        connections = [sample["connections"] for sample in samples]
        parts.append(
            f"""### Soak

{_image("soak", "Memory of the local server over time")}

{it["run"]["microseconds"]["count"]:,} requests in {it["run"]["seconds"]:.0f} s, of twenty one a sign-in, the others get-session; p99
{_ms(it["run"]["microseconds"]["p99"])} ms, errors: {it["run"]["errors"]}. Connections to Postgres: {min(connections)} to {max(connections)}; open files: {min(files)} to {max(files)}. Memory at the end of
the second half is {it["growth"]:.3f} × that of its beginning."""
        )
    return "\n\n".join(parts), images


def _cost(results: Figures) -> tuple[str, dict[str, str]]:
    of = results["lambda"]
    reader_mb = of["readerMb"] if of["shares"] else of["wholeMb"]
    prices: dict[tuple[str, str], float] = {}
    rows = []
    for endpoint, memory_mb in (("get-session", reader_mb), ("sign-in", of["wholeMb"])):
        for side in _SIDES:
            it = row(results, side, endpoint, memory_mb)
            if it is None:
                continue
            million = prices[side, endpoint] = cost.million(it["warmMs"], memory_mb)
            rows.append(
                (
                    f"{endpoint}, {side}",
                    f"{memory_mb} MB",
                    _number(it["warmMs"]),
                    *(f"${_number(cost.compute(it['warmMs'], memory_mb, machine))}" for machine in cost.GB_SECOND),
                    f"**${million:.2f}**",
                )
            )
    table = _table(("a million", "memory", "warm ms", "time, x86_64", "time, arm64", "all, x86_64"), rows)
    users = _table(
        ("", "a user's month", "100,000 users"),
        [
            (side, f"${a:.6f}", f"${1e5 * a:,.2f}")
            for side in _SIDES
            if (a := cost.user(prices[side, "get-session"], prices[side, "sign-in"]))
        ]
        + [
            (f"Cognito {tier}", f"${price}", f"${max(1e5 - cost.COGNITO_FREE, 0) * price:,.2f}")
            for tier, price in cost.COGNITO_PER_USER.items()
        ],
    )
    text = f"""## Cost

From the warm durations above and AWS's list prices ({cost.PRICES}):
Lambda ${cost.GB_SECOND["x86_64"]:.10f} per GB-second on x86_64 and ${cost.GB_SECOND["arm64"]:.10f} on arm64, ${cost.REQUESTS:.2f} per million invocations,
${cost.GATEWAY:.2f} per million at the HTTP API. All is time, invocations and gateway; a duration is billed in whole milliseconds.
Arm64's time is that of x86_64: it was not measured. Starts, the database, logs and traffic are not in it, on either
side.

{table}

Somebody who is looked up {cost.READS} times a month and signs in {cost.SIGN_INS} times, beside what Cognito charges for a user who was
active in a month, past the first {cost.COGNITO_FREE:,}:

{users}

Cognito's price has its storage in it, the others' is a Postgres that the application has."""
    return text, {}


_HOW = """## How it is measured

- The service has one processor, the load, Postgres and the measuring programs the other: Postgres shares with the load. What a
  service uses is the kernel's count for its process (`utime` and `stime`), so neither the load nor a busy machine is in
  requests per CPU second.
- The load is `tests/bench/src/bin/load.rs`: one thread, connections that are kept, the next request when the answer is there,
  every latency kept. It reads every answer, and a status other than 200 or a body without what was asked for fails
  the run, but for the many clients, where errors are counted. What it used of its own processor is in the JSON (`loadBusy`).
- Both sides have databases with the same rows on one Postgres (`fsync` off, the rest as it comes), pools of at most ten
  connections, no rate limit, the same secret. Latchkey writes its line of log for each request; Better Auth writes none.
- Each side is warmed up; then they take turns, several times, and the median counts. The JSON has how far runs lay apart.
- Better Auth gets the `bearer` plugin and the cookie cache only where they are measured.
"""

_SECTIONS = {
    "warm": _warm,
    "lambda": _lambda,
    "hashes": _hashes,
    "rows": _growth,
    "cost": _cost,
}
