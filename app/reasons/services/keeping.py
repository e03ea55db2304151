"""What people made of themes stands above what is found again: merged ones stay one, split ones stay apart.

Pure: from what was found and what stands to what is to be kept. No database, no time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.reasons import likeness
from app.reasons.engine import FoundTheme, Words
from app.reasons.standing import ThemeStanding

MOST = 0.5  # of a finding's answers that stand in a theme from which it is that theme, whatever it was matched with


def keep_decisions(
    found: Sequence[FoundTheme], standing: Sequence[ThemeStanding], words: Sequence[Words]
) -> list[FoundTheme]:
    """The findings as they are to be stored: at most one for each theme that stands, the new ones as they are."""
    if not any(one.is_made or one.is_decided for one in standing):
        return list(found)
    by_id = {one.theme_id: one for one in standing}
    texts = {one.answer_id: one for one in words}
    groups: dict[int, list[int]] = {}
    fresh = []
    for one in found:
        home = _home(one, standing)
        if home is None:
            fresh.append(one)
        else:
            groups.setdefault(by_id[home].heir, []).extend(one.members)
    held = {number: one.theme_id for one in standing if one.heir == one.theme_id for number in one.placed}
    parted = _parted(groups, held, by_id, texts)
    for stood in standing:
        if stood.is_made and stood.heir == stood.theme_id:
            stays = stood.placed if stood.theme_id in parted else stood.members
            parted.setdefault(stood.theme_id, set()).update(stays & texts.keys())
    first = {one.theme_id: one for one in found if one.theme_id is not None}
    kept = [_kept(number, members, first.get(number), texts) for number, members in parted.items() if members]
    return [*kept, *_free(fresh, held, texts)]


def _home(one: FoundTheme, standing: Sequence[ThemeStanding]) -> int | None:
    """The theme a finding continues: the one it was matched with, else the one decided on that most of it stands in."""
    if one.theme_id is not None:
        return one.theme_id
    mine = set(one.members)
    for other in standing:
        if (other.is_decided or other.is_made) and len(mine & other.members) > MOST * len(mine):
            return other.theme_id
    return None


def _parted(
    groups: Mapping[int, Sequence[int]],
    held: Mapping[int, int],
    by_id: Mapping[int, ThemeStanding],
    texts: Mapping[int, Words],
) -> dict[int, set[int]]:
    """Each answer in one theme: where a person placed it, else among those split from one the nearest."""
    parted: dict[int, set[int]] = {number: set() for number in groups}
    for number, members in groups.items():
        open_ones = [one for one in dict.fromkeys(members) if one in texts]
        family = [
            one
            for one in by_id.values()
            if one.family == by_id[number].family and one.heir == one.theme_id and one.centroid
        ]
        free = [one for one in open_ones if one not in held]
        homes = [number] * len(free)
        if len(family) > 1 and free:
            places = likeness.nearest_of([texts[one] for one in free], [one.centroid for one in family])
            homes = [family[place].theme_id for place in places]
        pairs = [*zip(free, homes, strict=True), *((one, held[one]) for one in open_ones if one in held)]
        for one, home in pairs:
            parted.setdefault(home, set()).add(one)
    return parted


def _kept(number: int, members: set[int], found: FoundTheme | None, texts: Mapping[int, Words]) -> FoundTheme:
    """The finding itself where it was not touched, else its answers described anew."""
    if found is not None and set(found.members) == members:
        return found
    return likeness.describe_theme(number, [texts[one] for one in sorted(members)])


def _free(
    fresh: Sequence[FoundTheme], held: Mapping[int, int], texts: Mapping[int, Words]
) -> list[FoundTheme]:
    """New findings without the answers that people placed elsewhere; pairs of what is left make no theme."""
    rest = []
    for one in fresh:
        members = [number for number in one.members if number not in held]
        if len(members) == len(one.members):
            rest.append(one)
        elif len(members) > 2:
            described = likeness.describe_theme(None, [texts[number] for number in members])
            rest.append(replace(described, name=one.name))
    return rest
