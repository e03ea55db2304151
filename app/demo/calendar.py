"""When things happen in the story, in days before `today`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.clock import TOKYO

SILENT_MONTHS = 8  # the tea house's own definition of silence: twice the usual longest gap of its customers


@dataclass(frozen=True)
class Calendar:
    """The days of the story. Sendings fall on weekdays."""

    today: date

    @property
    def history_from(self) -> date:
        """The first day whose purchases are known."""
        return self.today - timedelta(days=3 * 365)

    @property
    def box_thinned_on(self) -> date:
        """Gift boxes of thinner card, to save a few yen."""
        return self.today - timedelta(days=1000)

    @property
    def postage_raised_on(self) -> date:
        return self.today - timedelta(days=780)

    @property
    def site_renewed_on(self) -> date:
        return self.today - timedelta(days=560)

    @property
    def prices_raised_on(self) -> date:
        return self.today - timedelta(days=480)

    @property
    def tea_field_sold_on(self) -> date:
        """A newspaper tells of the solar panels; soon after, the new advertisements start."""
        return self.today - timedelta(days=430)

    @property
    def first_campaign_on(self) -> date:
        return weekday_from(self.today - timedelta(days=385))

    @property
    def box_mended_on(self) -> date:
        return self.today - timedelta(days=330)

    @property
    def pulses_on(self) -> tuple[date, date, date]:
        """The three sendings of the periodic NPS survey."""
        first, second, third = (weekday_from(self.today - timedelta(days=days)) for days in (270, 180, 90))
        return first, second, third

    @property
    def second_campaign_on(self) -> date:
        return weekday_from(self.today - timedelta(days=45))


def weekday_from(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """An instant of a day as clocks in Japan show it."""
    return datetime.combine(day, time(hour, minute), TOKYO)
