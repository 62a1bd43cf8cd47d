"""The kinds of sources in a command's help. They are found when the help is shown."""

import click


class WithKinds(click.Command):
    """A command whose argument KIND is explained below its options."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each kind with what it reads."""
        from clickup_mlops.features.migration.operations.opening import kinds

        with formatter.section("Kinds"):
            formatter.write_dl([(name, kind.summary) for name, kind in kinds().items()])
