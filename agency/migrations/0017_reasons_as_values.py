import json
import re

from django.db import migrations, models

# The sentences as router and trail wrote them, English with their facts; nothing else reads them any more. The trail's
# own first, of the whole text; `why` is a list of reasons itself, `reason` a single one.
TRAIL = (
    (r"(?P<by>operator|visitor|idle|left|end_of_hours|manager)", "closed"),
    (r"no answer in (?P<seconds>\d+) s", "no_answer"),
    (r"declined", "declined"),
    (r"declined: (?P<words>.+)", "declined"),
    (r"lease ended", "lease_ended"),
    (r"shift ended", "shift_ended"),
    (r"break", "break_began"),
    (r"transfer by (?P<name>{names}|.+?); (?P<why>.+)", "transfer"),
    (r"transfer again; (?P<why>.+)", "transfer_again"),
    (r"transfer accepted", "transfer_accepted"),
    (r"transfer cancelled", "transfer_cancelled"),
    (r"transfer:? (?P<reason>.+)", "transfer_passed"),
    (r"handed back", "handed_back"),
    (r"picked", "picked"),
    (r"picked, it rang at (?P<name>.+)", "picked_ringing"),
    (r"picked, (?P<n>\d+) before it", "picked_early"),
    (r"picked, it was next", "picked_next"),
    (r"taken over", "taken_over"),
    (r"taken over from (?P<name>.+)", "taken_from"),
    (r"requeued by (?P<name>{names}|[^:]+): ?(?P<words>.*)", "requeued"),
    (r"moved by (?P<name>{names}|[^:]+): ?(?P<words>.*)", "moved"),
    (r"certification revoked", "certification_revoked"),
)
# One reason of the router's, divided by semicolons; those about the queue by commas.
ROUTER = (
    (r"certified", "certified"),
    (r"free (?P<n>\d+)/(?P<of>\d+)", "free"),
    (r"lead, called after (?P<bounces>\d+) bounces", "lead_called"),
    (r"helped this visitor before", "helped_before"),
    (r"lowest load (?P<load>[\d.]+)", "lowest_load"),
    (r"load (?P<load>[\d.]+)", "some_load"),
    (r"longest idle (?P<n>\d+) s", "longest_idle"),
    (r"lowest id", "lowest_id"),
    (r"draining, nobody else (?:free|certified)", "draining_alone"),
    (r"bounced it, nobody else possible", "bounced_alone"),
    (r"bounced it, so did all others", "bounced_by_all"),
    (r"has not read the newest instruction", "unread"),
    (r"at the soft limit (?P<limit>[\d.]+)", "all_at_soft_limit"),
    (r"nobody possible", "nobody"),
    (r"no lease", "no_lease"),
    (r"paused", "paused"),
    (r"not certified", "not_certified"),
    (r"no language (?P<language>\w+)", "no_language"),
    (r"draining", "draining"),
    (r"full (?P<n>\d+)/(?P<of>\d+)", "full"),
    (r"at the company's limit (?P<n>\d+)/(?P<of>\d+)", "company_limit"),
    (r"bounced it more often", "bounced_more"),
    (r"bounced it", "bounced"),
    (r"not a lead, who are called", "not_lead"),
    (r"at the soft limit, load (?P<load>[\d.]+)", "at_soft_limit"),
    (r"another helped this visitor before", "another_helped"),
    (r"load (?P<load>[\d.]+) above (?P<best>[\d.]+)", "higher_load"),
    (r"idle (?P<n>\d+) s, best (?P<of>\d+) s", "less_idle"),
    (r"equal, higher id", "higher_id"),
    (r"(?P<n>\d+) s left", "seconds_left"),
    (r"(?P<n>\d+) s late", "seconds_late"),
    (r"head of the queue", "at_head"),
    (r"before all later promises", "starved"),
    (r"asked by name", "by_name"),
    (r"(?P<n>\d+) (?P<reason>.+)", "tally"),
)
CODES = ("", *sorted({code for _pattern, code in TRAIL} | {"routed", "other"}))
KEPT = 200
ROUTER_RE = [(re.compile(pattern), code) for pattern, code in ROUTER]
TYPES = {
    **dict.fromkeys(("n", "of", "bounces", "seconds"), int),
    **dict.fromkeys(("load", "best", "limit"), float),
}


class Reader:
    """Sentences of before into codes and facts.

    Args:
        names: of those people whose name holds a colon or a semicolon: where such a name ends can't be seen.
    """

    def __init__(self, names):
        # Longest first, so that no name ends inside another.
        known = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
        self.trail = [(re.compile(pattern.replace("{names}", known), re.S), code) for pattern, code in TRAIL]

    def read(self, written):
        """Code and facts of what one row says; what nobody can read keeps its text under `other`."""
        if written in ("", "accepted"):
            return "", {}
        found = self.match(self.trail, written, len(written) >= KEPT)
        if found is None:
            why = self.list(written, len(written) >= KEPT)
            found = "routed", {"why": why}
            if all(one["code"] in ("other", "cut") for one in why):
                found = "other", {"text": written}
        return found

    def match(self, table, text, is_full):
        for pattern, code in table:
            parts = pattern.fullmatch(text)
            if parts is None:
                continue
            facts = {name: TYPES.get(name, str)(value) for name, value in parts.groupdict().items()}
            if code == "declined":
                facts.setdefault("words", "")
            if "why" in facts:
                facts["why"] = self.list(facts["why"], is_full)
            if "reason" in facts:
                inner = facts.pop("reason")
                one = self.match(self.trail if table is self.trail else ROUTER_RE, inner, is_full)
                if one is None:
                    continue
                facts["why"] = [{"code": one[0], **one[1]}]
            return code, facts
        return None

    def list(self, written, is_full):
        found = []
        for part in written.split("; "):
            one = self.match(ROUTER_RE, part, False)
            if one is not None:
                found.append({"code": one[0], **one[1]})
                continue
            pieces = [self.match(ROUTER_RE, piece, False) for piece in part.split(", ")]
            if all(pieces):
                found += [{"code": code, **facts} for code, facts in pieces]
            else:
                found.append({"code": "other", "text": part})
        # 200 characters were kept: its last part was cut.
        if is_full and len(found) > 1 and found[-1]["code"] == "other":
            found[-1]["code"] = "cut"
        return found


def carry_over(apps, schema_editor):
    """Each different sentence is read once; one statement writes all rows."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM agency_user WHERE name ~ '[:;]' UNION "
            "SELECT public_name FROM agency_operator WHERE public_name ~ '[:;]'"
        )
        reader = Reader([name for (name,) in cursor.fetchall()])
        cursor.execute("SELECT DISTINCT reason FROM agency_assignment WHERE reason NOT IN ('', 'accepted')")
        read = {reason: reader.read(reason) for (reason,) in cursor.fetchall()}
        cursor.execute(
            "UPDATE agency_assignment a SET code = v.code, facts = v.facts::jsonb "
            "FROM unnest(%s::text[], %s::text[], %s::text[]) v (reason, code, facts) WHERE a.reason = v.reason",
            [list(read), [code for code, _ in read.values()], [json.dumps(facts) for _, facts in read.values()]],
        )


class Migration(migrations.Migration):
    dependencies = [("agency", "0016_alarm_count")]

    operations = [
        migrations.AddField(
            "assignment", "code", models.CharField(blank=True, default="", max_length=24), preserve_default=False
        ),
        migrations.AddField("assignment", "facts", models.JSONField(default=dict)),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField("assignment", "reason"),
        migrations.AddConstraint(
            "assignment",
            models.CheckConstraint(condition=models.Q(("code__in", CODES)), name="assignment_code"),
        ),
    ]
