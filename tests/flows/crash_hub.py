"""As `crash_nursery`, for bots that also post digests and keep the wiki's pages."""

from dataclasses import replace

from clickup_mlops import content
from clickup_mlops.automations import load
from clickup_mlops.bot.lanes.engines import create
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.bot.packages import NORMAL
from tests.flows import crash_nursery

if __name__ == "__main__":
    create(EngineSettings(), "sqlite:///unused")
    load.load(content.find_folder("automations", None))
    crash_nursery.main(replace(NORMAL, context=crash_nursery.Context))
