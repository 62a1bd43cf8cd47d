"""As `crash_nursery`, for bots that send small reports."""

from clickup_mlops.automations import load
from clickup_mlops.bot.lanes.engines import create
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.bot.packages import Builds
from clickup_mlops.features.reports.delivery.settings import kinds
from tests.features.reports.delivery.maker import SmallReports
from tests.flows import crash_nursery

if __name__ == "__main__":
    create(EngineSettings(), "sqlite:///unused")
    load.find_effects()
    kinds()
    crash_nursery.main(Builds(context=crash_nursery.Context, features=lambda: (SmallReports,)))
