"""What is aimed for, whether it is met, and why not where it is not."""

from dataclasses import dataclass

from figures import Figures

# Written after looking: the words beside a target that is missed.
REASONS = {
    "statement": "by the clock. A request passes between processes four times, a bare statement twice, and HTTP without a\
 statement takes most of the difference: [floors](#floors)"
}


@dataclass(frozen=True)
class Target:
    """One target and what was measured."""

    key: str
    aim: str
    measured: str
    is_met: bool

    @property
    def verdict(self) -> str:
        """As the report has it."""
        if self.is_met:
            return "met"
        reason = REASONS.get(self.key, "")
        return f"**missed**: {reason}" if reason else "**missed**"


def case(results: Figures, name: str, group: str = "") -> Figures:
    """One of the warm cases."""
    (found,) = [it for it in results["warm"]["cases"] if (it["name"], it["group"]) == (name, group)]
    return dict(found)


def row(results: Figures, side: str, endpoint: str, memory_mb: int) -> Figures | None:
    """One of the Lambdas."""
    wanted = (side, endpoint, memory_mb)
    found = [it for it in results["lambda"]["rows"] if (it["side"], it["endpoint"], it["memoryMb"]) == wanted]
    return found[0] if found else None


def ratio(figures: Figures, name: str = "perCpuSec") -> float:
    """Latchkey's to Better Auth's."""
    return float(figures["Latchkey"][name] / figures["Better Auth"][name])


def floor_cpu_us(of_floor: Figures) -> float:
    """The processor's time of one statement, in microseconds."""
    return float(1e6 * of_floor["cpuSeconds"] / of_floor["microseconds"]["count"])


def raw_ms(of_preset: Figures) -> float:
    """The processor's time of the hash alone, the cheaper of the two ways to have memory for it."""
    return float(min(of_preset[way]["cpuMs"] for way in ("fresh", "reused")))


def targets(results: Figures) -> list[Target]:
    """All of the list."""
    found: list[Target] = []

    def add(key: str, aim: str, measured: str, is_met: bool) -> None:
        found.append(Target(key, aim, measured, is_met))

    if "warm" in results:
        times = ratio(case(results, "get-session")["busy"])
        add("get-session", "get-session: ≥ 8 × Better Auth's requests per CPU second", f"{times:.1f} ×", times >= 8)
        ours = case(results, "get-session")["alone"]["Latchkey"]["p50"]
        bare = results["warm"]["floor"]["statement"]["microseconds"]["p50"]
        words = f"{ours / bare:.2f} × ({ours:.0f} µs beside {bare:.0f})"
        add("statement", "get-session: within 1.5 × of the bare statement's time", words, ours <= 1.5 * bare)
        ours = 1000 * case(results, "get-session")["busy"]["Latchkey"]["cpuMs"]
        bare = floor_cpu_us(results["warm"]["floor"]["statement"])
        words = f"{ours / bare:.2f} × ({ours:.0f} µs beside {bare:.0f})"
        add("statement-cpu", "the same of its CPU time", words, ours <= 1.5 * bare)
        for preset, group, least in (("owasp", "", 3.5), ("asvs", "asvs", 1.4)):
            times = ratio(case(results, "sign-in", group)["busy"])
            aim = f"sign-in with `{preset}`: ≥ {least} × Better Auth's requests per CPU second"
            add(preset, aim, f"{times:.1f} ×", times >= least)
    if "warm" in results and "hashes" in results:
        over = {}
        for of_preset in results["hashes"]:
            if of_preset["preset"] != "scrypt":
                group = "asvs" if of_preset["preset"] == "asvs" else ""
                used = case(results, "sign-in", group)["busy"]["Latchkey"]["cpuMs"]
                over[of_preset["preset"]] = used - raw_ms(of_preset)
        words = ", ".join(f"{ms:.1f} ms (`{preset}`)" for preset, ms in over.items())
        add("over-hash", "sign-in: ≤ 2 ms of CPU over the raw hash", words, max(over.values()) <= 2)
    if "hashes" in results:
        times_of = {
            it["preset"]: it["service"]["cpuMs"] / it["reference"]["cpuMs"]
            for it in results["hashes"]
            if it["preset"] != "scrypt"
        }
        words = ", ".join(f"{times:.2f} × (`{preset}`)" for preset, times in times_of.items())
        add("argon2", "argon2: within 1.15 × of the C reference", words, max(times_of.values()) <= 1.15)
    if "lambda" in results:
        for memory_mb in (results["lambda"]["wholeMb"], results["lambda"]["readerMb"]):
            ours_, theirs = (row(results, side, "get-session", memory_mb) for side in ("Latchkey", "Better Auth"))
            if ours_ and theirs:
                part = theirs["startMs"] / ours_["startMs"]
                words = f"1/{part:.1f} ({ours_['startMs']:.0f} ms beside {theirs['startMs']:.0f})"
                aim = f"start to first answer: ≤ 1/6 of Better Auth's, at {memory_mb} MB"
                add(f"start-{memory_mb}", aim, words, part >= 6)
        reader = row(results, "Latchkey", "get-session", results["lambda"]["wholeMb"])
        if reader:
            add("memory", "memory of readers: ≤ 25 MB", f"{reader['mostMb']:.1f} MB", reader["mostMb"] <= 25)
    if "rows" in results:
        alone = results["rows"]["get-session"]["alone"]
        times = alone["many"]["p50"] / alone["few"]["p50"]
        counts = results["rows"]["sessions"]
        aim = f"get-session with {counts['many']:,} sessions: within 1.2 × of {counts['few']:,}"
        add("rows", aim, f"{times:.2f} ×", times <= 1.2)
    if "clean-up" in results:
        p99 = results["clean-up"]["p99"]
        times = p99["with"] / p99["without"]
        add("clean-up", "clean-up: moves sign-in's p99 by less than 2 ×", f"{times:.2f} ×", times < 2)
    if "soak" in results:
        soak = results["soak"]
        connections = [sample["connections"] for sample in soak["samples"]]
        is_flat = soak["growth"] <= 1.05 and max(connections) <= 10
        words = f"memory × {soak['growth']:.2f} in the second half, at most {max(connections)} connections"
        add("soak", "soak: flat memory and connections", words, is_flat)
    return found
