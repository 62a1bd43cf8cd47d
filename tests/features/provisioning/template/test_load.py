"""Reading templates: layers, parameters, and mistakes that are named with file and key."""

from pathlib import Path

import pytest

from clickup_mlops import content
from clickup_mlops.errors import ContentError, InputError
from clickup_mlops.features.provisioning.template import desired, load, parameters
from clickup_mlops.features.provisioning.tree import KINDS, fold
from clickup_mlops.features.provisioning.tree import Path as TreePath

CASES = Path(__file__).parents[3] / "cases" / "provision" / "templates"
SHIPPED = content.find_folder("templates")

TINY = """\
summary = "A case."
strategy = "neutral"
[space]
name = "ML"
"""


def write(folder: Path, name: str, text: str) -> None:
    file = folder / f"{name}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def problem(folder: Path, name: str = "case", **given: str) -> str:
    with pytest.raises(ContentError) as caught:
        load.load(folder, name, given, automations=["inference_first"])
    return str(caught.value)


# Layers


def test_a_template_is_laid_over_what_it_extends_and_includes():
    """New entries follow, named ones are merged key by key, `omit` leaves one out."""
    space = load.load(CASES, "serving", {"model": "reranker"}).space

    assert space.name == "Serving reranker"
    assert [field.name for field in space.field] == [
        "Workload",
        "Model",
        "P99 latency ms",
        "SLO latency ms",
        "Replica cost",
    ]
    assert [task_list.name for task_list in space.list] == ["Roll-out"]
    incident = space.tag[0]
    assert (incident.name, incident.background, incident.foreground) == (
        "incident",
        "#aa0000",
        "#ffffff",
    )


def test_a_part_can_be_included_in_any_place(tmp_path):
    """Also in a list, and a part can include others."""
    write(tmp_path, "parts/inner", '[[field]]\nname = "Inner"\ntype = "text"\n')
    write(tmp_path, "parts/outer", 'include = ["inner"]\n[[view]]\nname = "All"\n')
    write(tmp_path, "case", TINY + '[[space.list]]\nname = "L"\ninclude = ["outer"]\n')

    (created,) = load.load(tmp_path, "case").space.list

    assert [field.name for field in created.field] == ["Inner"]
    assert [view.name for view in created.view] == ["All"]


def test_parts_that_double_with_each_level_are_bounded(tmp_path):
    """A few files, and a million parts: refused before all of them are read."""
    for level in range(20):
        inner = f'include = ["p{level + 1}"]\n'
        views = "".join(f'[[list]]\nname = "{name}{level}"\n{inner}' for name in "ab")
        write(tmp_path, f"parts/p{level}", views)
    write(tmp_path, "parts/p20", '[[field]]\nname = "F"\ntype = "text"\n')
    write(tmp_path, "case", TINY + 'include = ["p0"]\n')

    assert "more than 1,000 parts are included" in problem(tmp_path)


def test_what_one_template_omits_the_next_can_have_again(tmp_path):
    """Each layer decides about those below it only."""
    write(tmp_path, "a", TINY + '[[space.tag]]\nname = "x"\nbackground = "#000000"\n')
    omitting = '[[space.tag]]\nname = "X "\nomit = true\n'
    head = 'summary = "s"\nstrategy = "n"\n'
    write(tmp_path, "b", head + 'extends = "a"\n' + omitting)
    write(tmp_path, "c", head + 'extends = "b"\n[[space.tag]]\nname = "x"\n')

    assert load.load(tmp_path, "b").space.tag == ()
    (tag,) = load.load(tmp_path, "c").space.tag
    assert tag.background is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('extends = "bsae"\n' + TINY, 'extends: there is no "bsae"; did you mean "base"?'),
        ('extends = "case"\n' + TINY, "extends: goes in a circle: case -> case"),
        ('include = ["nothing"]\n' + TINY, 'include: there is no "nothing"'),
        (TINY + '[[space.tag]]\nname = "x"\nomit = true\n', 'omit: nothing called "x"'),
    ],
)
def test_layers_that_do_not_fit_are_named(tmp_path, text, named):
    """With the file that asked for them."""
    write(tmp_path, "base", TINY)
    write(tmp_path, "case", text)

    message = problem(tmp_path)

    assert named in message
    assert message.startswith(str(tmp_path / "case.toml"))


def test_a_mistake_is_blamed_on_the_file_that_it_is_in(tmp_path):
    """Not on the template that extends it; entries are called by their names."""
    field = '[[field]]\nname = "Broken"\ntype = "drop_down"\n'
    write(tmp_path, "parts/fields", field)
    write(tmp_path, "base", TINY + 'include = ["fields"]\n')
    write(tmp_path, "case", 'extends = "base"\nsummary = "s"\nstrategy = "n"\n')

    message = problem(tmp_path)

    assert message == (
        f"{tmp_path / 'parts' / 'fields.toml'}: space.field[Broken]: "
        "a drop_down field needs `options`"
    )


# Parameters


def test_parameters_fill_any_text_and_keep_their_type():
    """In names, keys and texts; a text that is only a parameter becomes its number."""
    template = load.load(CASES, "serving", {"model": "reranker", "slo_ms": "120"})

    (roll_out,) = template.space.list
    assert roll_out.task[0].fields["SLO latency ms"] == 120
    assert "stays below 120 ms" in roll_out.task[0].description
    assert 'model="reranker"' in template.metrics["P99 latency ms"].query
    assert "a literal: ${model}" in template.space.doc[0].page[0].page[0].content


def test_all_wrong_parameters_are_named_at_once():
    """Missing, unknown, no number, no choice; the hint explains each parameter."""
    value = {"mdel": "x", "slo_ms": "fast", "tier": "bronze"}
    with pytest.raises(InputError) as caught:
        load.load(CASES, "serving", value)

    message = str(caught.value)
    assert 'parameter "model" is missing: --set model=VALUE' in message
    assert 'no parameter is called "mdel"; did you mean "model"?' in message
    assert 'slo_ms="fast" is not a number' in message
    assert 'tier="bronze" is not one of gold, silver' in message
    assert "model: The model's name" in caught.value.hint


@pytest.mark.parametrize(
    ("declared", "text", "problem"),
    [
        ('type = "number"', "x", "is not a number"),
        ('type = "number"', "nan", "is not a number"),
        ('type = "whole"', "1.5", "is not a whole number"),
        ('type = "boolean"', "maybe", "is not true or false"),
        ("default = 5\nmin = 1", "0.5", "is less than 1"),
        ("default = 5\nmax = 9", "10", "is greater than 9"),
        (
            'default = "EUR"\npattern = "[A-Z]{3}"',
            "Euro",
            r"does not match the pattern \[A-Z\]\{3\}",
        ),
    ],
)
def test_a_value_outside_of_its_range_is_refused(tmp_path, declared, text, problem):
    """With what is allowed."""
    write(tmp_path, "case", TINY + f'[parameters.p]\ndescription = "d"\n{declared}\n')
    with pytest.raises(InputError, match=f'p="{text}" {problem}'):
        load.load(tmp_path, "case", {"p": text})


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ('type = "number"', "1.5"),
        ('type = "whole"\nmin = -1', "-1"),
        ('type = "boolean"', "no"),
        ('default = "EUR"\npattern = "[A-Z]{3}"', "USD"),
    ],
)
def test_a_value_inside_of_its_range_is_taken(tmp_path, declared, text):
    """Also where there is no default to show the type."""
    write(tmp_path, "case", TINY + f'[parameters.p]\ndescription = "d"\n{declared}\n')
    assert load.load(tmp_path, "case", {"p": text})


def test_an_empty_value_does_not_replace_a_default(tmp_path):
    """A variable that was never set in a pipeline would make a Folder without its name."""
    write(tmp_path, "case", TINY + '[parameters.p]\ndescription = "d"\ndefault = "ranker"\n')
    with pytest.raises(InputError, match=r"p is empty: leave it out for its default \(ranker\)"):
        load.load(tmp_path, "case", {"p": " "})


def test_an_unknown_parameter_in_a_text_is_named_with_its_key(tmp_path):
    """A typing mistake must not become the name of a list."""
    write(tmp_path, "case", TINY + '[[space.list]]\nname = "For ${modle}"\n')

    assert "space.list[For ${modle}].name: no parameter is called `modle`" in problem(tmp_path)


@pytest.mark.parametrize("text", ["${ model }", "${model", "${model-name}", "${}"])
def test_a_parameter_that_is_written_wrong_is_named_with_its_key(tmp_path, text):
    """It must not become the name of a list either; `$${` stands for the characters."""
    write(tmp_path, "case", TINY + f'[[space.list]]\nname = "For {text}"\n')

    message = problem(tmp_path)

    assert f"space.list[For {text}].name: `{text}` is no parameter" in message
    assert "`$${`" in message


def test_set_takes_pairs_only():
    """The value may hold more equals signs."""
    assert parameters.parse_assignments(["a=1", "b=x=y"]) == {"a": "1", "b": "x=y"}
    with pytest.raises(InputError, match="not NAME=VALUE"):
        parameters.parse_assignments(["a"])


def test_yes_and_no_are_truth_values(tmp_path):
    """Where the default is one."""
    hidden = '[parameters.hidden]\ndescription = "Hide it."\ndefault = false\n'
    write(tmp_path, "case", TINY + 'private = "${hidden}"\n' + hidden)

    assert load.load(tmp_path, "case").space.private is False
    assert load.load(tmp_path, "case", {"hidden": "yes"}).space.private is True
    with pytest.raises(InputError, match="not true or false"):
        load.load(tmp_path, "case", {"hidden": "perhaps"})


def test_one_template_can_have_several_instances():
    """`--as` names the space, and with it everything in it."""
    tree = desired.tree(load.load(CASES, "base", instance="Team A"))
    second = desired.tree(load.load(CASES, "base", instance="Team B"))

    assert len(tree) == len(second) > 1
    assert not set(map(fold, tree)) & set(map(fold, second))


def test_a_template_without_webhook_address_has_no_webhook():
    """An unset parameter leaves it out."""
    without = desired.tree(load.load(CASES, "serving", {"model": "m"}))
    value = {"model": "m", "hook": "https://x.example.org"}
    with_hook = desired.tree(load.load(CASES, "serving", value))

    assert set(with_hook) - set(without) == {
        (("space", "Serving m"), ("webhook", "https://x.example.org"))
    }


# What must agree

LIST = TINY + '[[space.list]]\nname = "L"\n'
FIELD = '[[space.field]]\nname = "P99"\ntype = "number"\n'
OPTION = '[[space.field]]\nname = "Kind"\ntype = "labels"\noptions = ["A", "B"]\n'
MEASURED = FIELD + 'unit = "ms"\n' + FIELD.replace("P99", "SLO") + 'unit = "s"\n'
TASK = '[[space.list.task]]\nname = "T"\n'


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (TINY + "colour = 1\n", 'space.colour: there is no such key; did you mean "color"?'),
        (LIST + "kolumns = 1\n", "space.list[L].kolumns: there is no such key; known: name, "),
        (TINY + "[parameters.a]\ndescripton = 'x'\n", "there is no such key"),
        (
            TINY + '[[space.view]]\nname = "V"\ntype = "kanban"\n',
            "space.view[V].type: Input should",
        ),
        (
            TINY + FIELD + '[[space.view]]\nname = "V"\ncolumns = ["P98"]\n',
            'columns[0]: there is no column or custom field "P98"; did you mean "P99"?',
        ),
        (
            TINY + '[[space.view]]\nname = "V"\nsort_by = ["-speed"]\n',
            'space.view[V].sort_by[0]: there is no column or custom field "speed"',
        ),
        (
            TINY + '[[space.view]]\nname = "V"\ngroup_by = "colour"\n',
            'space.view[V].group_by: there is no property to group by "colour"',
        ),
        (
            TINY + '[[space.view]]\nname = "V"\nfilter = [{ field = "status" }]\n',
            "a filter says exactly one of `is`, `is_not`, `above`, `below`",
        ),
        (LIST + '[[space.list]]\nname = "l "\n', 'space.list[l ].name: "l" is there twice'),
        (
            TINY + FIELD + '[[space.list]]\nname = "L"\n' + FIELD.replace("space.", "space.list."),
            'space.list[L].field[P99].name: "P99" is a field of a place above already',
        ),
        (LIST + TASK + 'status = "doing"\n', "task[T].status: there is no status of this list"),
        (LIST + TASK + 'waits_for = ["U"]\n', 'waits_for[0]: there is no task of this list "U"'),
        (LIST + TASK + 'waits_for = ["T"]\n', '"T" waits for itself'),
        (LIST + TASK + "fields = { X = 1 }\n", 'fields.X: there is no custom field here "X"'),
        (
            TINY + OPTION + '[[space.list]]\nname = "L"\n' + TASK + 'fields = { Kind = ["C"] }\n',
            'there is no option of "Kind" "C"',
        ),
        (
            TINY + '[[space.field]]\nname = "F"\ntype = "text"\ncurrency = "EUR"\n',
            "`currency` is only for currency, not text",
        ),
        ('enable = ["inference_frist"]\n' + TINY, "enable[0]: there is no automation of the bot"),
        (TINY + '[slo.P99]\nobjective = "SLO"\n', "slo.P99: there is no custom field"),
        (
            TINY + OPTION + FIELD + '[slo.P99]\nobjective = "Kind"\n',
            '"Kind" is a labels field, and objectives need numbers',
        ),
        (TINY + '[metrics.P99]\nsource = "s"\nquery = "q"\n', "metrics.P99: there is no custom"),
        (
            TINY + '[routing.priorities.training]\nnormal = "urgent"\n',
            "routing.priorities: training.normal is above inference.normal",
        ),
        (
            TINY + '[routing]\noverride_duration = "P3D"\n',
            "routing.override_duration: there is no such key",
        ),
        (
            LIST + '[routing.lists]\nLL = "data"\n',
            'routing.lists.LL: there is no List of this template "LL"',
        ),
        (
            TINY + MEASURED + '[slo.P99]\nobjective = "SLO"\n',
            'slo.P99.objective: "SLO" is in s, but "P99" is in ms',
        ),
        (
            TINY + '[parameters.p]\ndescription = "d"\ndefault = "c"\nchoices = ["a", "b"]\n',
            "parameters.p: the default 'c' is not one of a, b",
        ),
        (
            TINY + '[parameters.p]\ndescription = "d"\ndefault = 0\nmin = 1\n',
            "parameters.p: the default 0 is less than 1",
        ),
        (
            TINY + '[parameters.p]\ndescription = "d"\npattern = "["\n',
            "parameters.p.pattern: no regular expression",
        ),
        (TINY + "[space\n", "not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path, text, named):
    """And with what was probably meant."""
    write(tmp_path, "case", text)

    assert named in problem(tmp_path)


def test_all_mistakes_are_reported_at_once(tmp_path):
    """So that a person mends a file in one go."""
    views = (
        '[[space.view]]\nname = "A"\ncolumns = ["x"]\n[[space.view]]\nname = "B"\nsort_by = ["y"]\n'
    )
    write(tmp_path, "case", TINY + views)

    message = problem(tmp_path)

    assert "space.view[A].columns[0]" in message
    assert "space.view[B].sort_by[0]" in message


def test_tasks_that_wait_in_a_circle_are_found(tmp_path):
    """Over any number of tasks, subtasks too."""
    tasks = """
[[space.list.task]]
name = "A"
waits_for = ["B"]
[[space.list.task]]
name = "C"
[[space.list.task.subtask]]
name = "B"
waits_for = ["A"]
"""
    write(tmp_path, "case", LIST + tasks)

    assert '"A" waits for itself' in problem(tmp_path)


# The policy and the tree


def test_what_a_template_says_about_its_tasks_is_a_node_of_the_space():
    """With the Folders that are its own; only what it gives, so that the rest may be configured."""
    tree = desired.tree(load.load(CASES, "serving", {"model": "m"}))
    (policy,) = [node for node in tree.values() if node.kind == "policy"]

    assert policy.path == (("space", "Serving m"), ("policy", "serving: Operations"))
    assert policy.attributes["strategy"] == "latency-bound serving"
    assert policy.attributes["routing"] == {
        "unclear": "inference",
        "lists": {"incidents": "inference"},
    }
    assert policy.attributes["slo"] == {"P99 latency ms": {"objective": "SLO latency ms"}}
    assert policy.attributes["metrics"]["P99 latency ms"]["source"] == "prometheus"


def test_a_template_that_says_nothing_about_its_tasks_has_no_policy():
    """Its Space is as configured."""
    tree = desired.tree(load.load(CASES, "base"))
    assert "policy" not in {node.kind for node in tree.values()}


@pytest.mark.parametrize("name", load.names(SHIPPED))
def test_every_shipped_template_makes_a_tree_from_the_top_down(name):
    """Each node after its parent, kinds in their order, names unique."""
    headline = load.headline(SHIPPED, name)
    value = {
        key: "x" for key, parameter in headline.parameters.items() if parameter.default is None
    }

    tree = desired.tree(load.load(SHIPPED, name, value))

    observations: set[TreePath] = {()}
    for path, node in tree.items():
        assert node.path == path
        assert path[:-1] in observations
        assert path[-1][0] in KINDS
        observations.add(path)
    assert len({fold(path) for path in tree}) == len(tree)


def test_names_of_fields_are_spelled_as_the_fields_are(tmp_path):
    """So that a plan can compare a view with ClickUp's."""
    view = (
        '[[space.view]]\nname = "V"\ngroup_by = "STATUS"\nsort_by = ["-p99"]\ncolumns = ["p99 "]\n'
    )
    write(tmp_path, "case", TINY + FIELD + view)

    attributes = desired.tree(load.load(tmp_path, "case"))[
        ("space", "ML"), ("view", "V")
    ].attributes

    assert attributes["group_by"] == "status"
    assert attributes["sort_by"] == ["-P99"]
    assert attributes["columns"] == ["P99"]


# What ClickUp would refuse, or show as something else

CLOSED = '{ name = "done", type = "closed" }'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            'summary = "A."\nstrategy = "n"\n[parameters.x]\ndescription = "D."\n'
            'default = "${y}"\n[space]\nname = "ML"\n',
            "parameters.x: the default '${y}' contains `${y}`",
        ),
        (
            TINY + '[[space.list]]\nname = "L"\nstatus = [{ name = "a" }, { name = "b" }]\n',
            "space.list[L].status: 0 of them have the type `closed`: it must be one",
        ),
        (
            TINY + f'[[space.list]]\nname = "L"\nstatus = [{CLOSED}, {{ name = "e", '
            'type = "closed" }]\n',
            "space.list[L].status: 2 of them have the type `closed`: it must be one",
        ),
        (
            TINY + '[[space.list]]\nname = "L"\nstatus = [{ name = "a", type = "open" }, '
            f'{{ name = "b", type = "open" }}, {CLOSED}]\n',
            "space.list[L].status: 2 of them have the type `open`: one at most",
        ),
        (TINY + 'private = "yes"\n', "space.private: Input should be a valid boolean"),
        (
            TINY + 'channel = [{ name = "c", private = "yes" }]\n',
            "space.channel[c].private: Input should be a valid boolean",
        ),
        (
            TINY + 'field = [{ name = "F", type = "users", many = "no" }]\n',
            "space.field[F].many: Input should be a valid boolean",
        ),
        (
            TINY + '[[space.list]]\nname = "two\\nlines"\n',
            "space.list[two\\nlines].name: a name is one line without control characters; "
            "this one has U+000A",
        ),
        (TINY + 'tag = [{ name = "a\\u202Eb" }]\n', "this one has U+202E"),
        (
            TINY + 'field = [{ name = "F", type = "drop_down", options = ["a\\u0007b"] }]\n',
            "space.field[F].options[0]: a name is one line",
        ),
        (
            TINY + 'field = [{ name = "F", type = "short_text" }]\n'
            '[[space.view]]\nname = "V"\nfilter = [{ field = "F", above = 3 }]\n',
            'space.view[V].filter[0].above: "F" is a short_text field: `above` and `below` compare',
        ),
        (
            TINY + '[[space.view]]\nname = "V"\nfilter = [{ field = "assignee", below = 3 }]\n',
            'space.view[V].filter[0].below: "assignee" is no number',
        ),
    ],
)
def test_what_cannot_work_is_an_error_with_file_and_key(tmp_path, text, says):
    """Before anything is read from ClickUp."""
    write(tmp_path, "case", text)

    result = problem(tmp_path)

    assert result.startswith(f"{tmp_path / 'case.toml'}: ")
    assert says in result


def test_a_given_value_is_no_parameter_and_no_second_line(tmp_path):
    """What is given on the command line is checked as the file's own texts are."""
    text = TINY.replace('"ML"', '"${team}"') + '[parameters.team]\ndescription = "D."\n'
    write(tmp_path, "case", text)

    with pytest.raises(InputError, match=r'team="\$\{x\}" contains `\$\{x\}`'):
        load.load(tmp_path, "case", {"team": "${x}"})
    assert "U+000A" in problem(tmp_path, team="a\nb")


def test_names_with_emoji_and_other_scripts_are_names(tmp_path):
    """Joined emoji, right-to-left letters and accents need no direction marks."""
    for name in ("👩‍🔬 Research", "מודלים", "São Paulo", "نماذج"):
        write(tmp_path, "case", TINY.replace("ML", name))
        assert load.load(tmp_path, "case").space.name == name
