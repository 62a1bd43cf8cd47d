"""The classifier: what a task's text says, how sure, because of which words."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.classify import Classifier, load
from clickup_mlops.routing.classifier.incident import POSSIBLE
from clickup_mlops.routing.classifier.model import WORKLOADS, load_file


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load()


@pytest.mark.parametrize(
    ("title", "body", "workload"),
    [
        ("vLLM answers slowly when forty users chat at once", "", "inference"),
        ("Serve the fine-tuned adapter behind the chat endpoint", "", "inference"),
        ("Loss turned NaN at step 9000 of the pretraining", "", "training"),
        ("GRPO rollouts on vLLM: samples are empty in the second epoch", "", "training"),
        ("Airflow DAG for the orders table misses yesterday's partition", "", "data"),
        ("Online store of the feature store is stale", "", "data"),
        ("Replace the PSU in rack 9 and flash the NIC firmware", "", "infra"),
        ("PFC storms on the RoCE fabric after the switch upgrade", "", "infra"),
        ("Write a guide on serving with KServe", "", "other"),
        ("Type inference picks the wrong generic parameter", "", "other"),
        ("Login page is broken on Safari", "", "other"),
        ("推理服务响应很慢", "", "inference"),
        ("微调时显存不足", "", "training"),
        ("Entrenar el modelo con más épocas", "", "training"),
        ("Datensatz bereinigen und Duplikate entfernen", "", "data"),
        ("宽表加字段", "", "data"),
        ("матрица ошибок для третьей версии", "", "training"),
    ],
)
def test_the_words_of_a_task_tell_its_workload(
    classifier: Classifier, title: str, body: str, workload: str
) -> None:
    assert classifier.classify(title, body).workload == workload


@pytest.mark.parametrize(
    ("title", "body", "incident"),
    [
        ("Elevated errors on our chat model", "We are investigating.", True),
        ("Ranker returns 500 in production since 9:40", "Rolling back the new image now.", True),
        ("Elevated errors on our chat model", "This incident has been resolved.", False),
        ("Show a friendly text when the model is down", "", False),
        ("How do I lower the latency of vLLM on my laptop?", "", False),
        ("Users cannot log in", "We are investigating.", False),
        ("Fine-tuning jobs are delayed", "We are investigating.", False),
    ],
)
def test_only_inference_in_live_trouble_is_an_incident(
    classifier: Classifier, title: str, body: str, incident: bool
) -> None:
    assert classifier.classify(title, body).incident is incident


@pytest.mark.parametrize(
    ("of_a_service", "of_a_model"),
    [
        ("Roll back the invoice service to v88", "Roll back the toxicity model to v88"),
        ("上线前检查", "模型上线前检查"),
        ("배포가 실패함", "모델 배포가 실패함"),
        ("订单服务部署到新机房", "大模型部署到新机房"),
        ("会員登録サービスのデプロイ", "音声認識モデルのデプロイ"),
        ("결제 서비스 배포 절차", "음성 인식 모델 배포 절차"),
        ("Der Mailserver antwortet nicht mehr", "Der KI-Assistent antwortet nicht mehr"),
        ("電子郵件從早上開始無法使用", "人臉辨識從早上開始無法使用"),
        ("البريد الإلكتروني لا يعمل منذ الصباح", "خدمة الذكاء الاصطناعي لا تعمل منذ الصباح"),
        ("New API is down for all customers", "LLM API is down for all customers"),
        ("The new API times out since the release", "The new model times out since the release"),
        ("Übersetzer antwortet nicht", "Das Übersetzungsmodell antwortet nicht"),
    ],
)
def test_the_same_words_about_a_service_and_about_a_model(
    classifier: Classifier, of_a_service: str, of_a_model: str
) -> None:
    assert classifier.classify(of_a_service, "").workload != "inference"
    assert classifier.classify(of_a_model, "").workload == "inference"


@pytest.mark.parametrize(
    ("trained", "fed", "served"),
    [
        (
            "Fraud detection: loss does not go down",
            "Fraud detection: missing partitions in the events table",
            "Fraud detection is down for all customers",
        ),
        (
            "Evaluate the recommendation engine offline",
            "Product recommendations: clickstream export is late",
            "Recommendation engine returns nothing for any user since the morning",
        ),
        (
            "Recommendation engine: retrain weekly",
            "推荐系统数据清洗",
            "Deploy speech recognition to production",
        ),
        (
            "Fine-tune face recognition on new cameras",
            "Label images for face recognition",
            "Face recognition is not working, nobody gets in",
        ),
        (
            "Cross-validate credit scoring",
            "Backfill lead scoring inputs",
            "Serve fraud detection on the new GPUs",
        ),
        (
            "Speech recognition: word error rate by checkpoint",
            "Speech recognition: clean the transcripts",
            "Speech recognition fails in production since 9:40",
        ),
        (
            "Gesichtserkennung neu trainieren",
            "Daten für die Spracherkennung sammeln",
            "Gesichtserkennung antwortet seit 8 Uhr nicht",
        ),
        (
            "Entrenar la detección de fraude con más épocas",
            "Etiquetar imágenes para el reconocimiento facial",
            "La traducción automática no funciona desde esta mañana",
        ),
        (
            "语音识别训练损失不收敛",
            "Credit scoring: null values in the income column",
            "人脸识别服务宕机",
        ),
        ("顔認識の再学習", "音声認識のデータ収集", "Semantic search: reduce latency"),
    ],
)
def test_the_name_of_a_capability_does_not_tell_the_workload(
    classifier: Classifier, trained: str, fed: str, served: str
) -> None:
    """It may be trained, fed or served: the rest of the text says which."""
    for title, workload in ((trained, "training"), (fed, "data"), (served, "inference")):
        assert classifier.classify(title, "").workload == workload
    assert not classifier.classify(trained, "").incident


@pytest.mark.parametrize(
    "title", ["Background removal of product photos", "Background removal for the team page photos"]
)
def test_work_on_pictures_is_no_incident(classifier: Classifier, title: str) -> None:
    """Nothing fails."""
    assert not classifier.classify(title, "").incident


def test_evidence_is_words_of_the_text(classifier: Classifier) -> None:
    result = classifier.classify("KV cache of vLLM runs full", "p99 latency doubles")
    assert result.evidence
    text = "kv cache of vllm runs full p99 latency doubles"
    assert all(word in text for words in result.evidence for word in words.split())


def test_an_unclear_text_abstains(classifier: Classifier) -> None:
    assert classifier.classify("Task 3", "").abstain
    assert not classifier.classify("Quantise the model for TensorRT-LLM serving", "").abstain


@given(st.text(max_size=400), st.text(max_size=2_000))
def test_any_text_gets_one_answer_and_always_the_same(title: str, body: str) -> None:
    classifier = load_once()
    first, second = classifier.classify(title, body), classifier.classify(title, body)
    assert first == second
    assert first.workload in WORKLOADS
    assert first.runner_up != first.workload
    assert abs(sum(first.scores.values()) - 1) < 0.001
    assert not first.incident or first.workload == "inference"
    assert max(first.scores.values()) == first.scores[first.workload]


def test_a_teams_own_examples_are_learned(tmp_path: Path, classifier: Classifier) -> None:
    title = "Flurbo the wibbler again"
    lines = ["# our words", *(f"infra\t-\t{title} {n}\t" for n in range(3))]
    corpus = tmp_path / "own.tsv"
    corpus.write_text("\n".join(lines), encoding="utf-8")
    assert load((corpus,)).classify(title, "").workload == "infra"
    known_text = ("vLLM server is slow", "")
    assert (
        load((corpus,)).classify(*known_text).workload == classifier.classify(*known_text).workload
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("infra\t-", "line 2: 2 columns"),
        ("hardware\t-\tx\t", "line 2: workload 'hardware'"),
        ("infra\turgent\tx\t", "line 2: flags 'urgent'"),
        ("data\tincident\tx\t", "line 2: only inference"),
        ("data\t-\t \ty", "line 2: the title is empty"),
    ],
)
def test_a_wrong_example_line_is_named(tmp_path: Path, line: str, problem: str) -> None:
    corpus = tmp_path / "own.tsv"
    corpus.write_text(f"data\t-\tfine\t\n{line}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=problem):
        load((corpus,))


def test_a_damaged_model_is_named_with_the_way_out(tmp_path: Path) -> None:
    broken = tmp_path / "model.json"
    broken.write_text(json.dumps({"outcomes": []}), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_file(broken)
    assert str(broken) in str(caught.value)
    assert "classifier.training.train" in caught.value.hint


_loaded: list[Classifier] = []


def load_once() -> Classifier:
    if not _loaded:
        _loaded.append(load())
    return _loaded[0]


@pytest.mark.parametrize(
    ("title", "workload"),
    [
        ("Modelltrainingslauf", "training"),
        ("Kubernetesclusterupgrade", "infra"),
        ("dataannotatie afronden", "data"),
        ("Gesichtserkennungsdienst tot", "inference"),
        ("klassifiseringsmodellen svarer ikke", "inference"),
    ],
)
def test_a_word_never_seen_is_told_by_its_letters(title: str, workload: str) -> None:
    """Compounds and other languages have neither a known word nor a concept."""
    assert load().classify(title, "").workload == workload


def test_letters_take_no_place_of_words_in_the_evidence() -> None:
    """They say nothing to a person, and are more than the words."""
    result = load().classify("Kubernetes cluster upgrade blocks the training queue", "")
    assert any(term.startswith("blocks") for term in result.evidence)


@pytest.mark.parametrize("title", ["API returns 500 on every route", "Prod API throws 502s"])
def test_a_failure_is_an_incident_only_of_a_model(classifier: Classifier, title: str) -> None:
    """Nothing says that the API is a model's."""
    assert not classifier.classify(title, "").incident
    assert classifier.classify(title.replace("API", "LLM API"), "").incident


@pytest.mark.parametrize(
    "title",
    [
        "Deploy chat-70b v7 to production",
        "Roll out ranker 3.2 to production",
        "Ship the embedding model v2 to prod this week",
        "Canary: whisper-large 5% in production",
        "Rollout: ranker v8",
        "Rollout of chat-70b 3.2 to EU customers",
        "Production rollout of summarizer v2",
        "chat-70b 3.2 rollout to EU customers",
        "Staged rollout of chat-70b for enterprise customers",
        "Canary release of chat-70b 3.2 in eu-west",
        "Increase traffic to chat-70b 3.2 to 50 percent",
        "Prepare rollout of the new vision model to all users",
        "Rollout von chat-70b 3.2 für EU-Kunden",
        "Roll out speech 2.4",
    ],
)
def test_a_planned_deployment_is_no_possible_incident(classifier: Classifier, title: str) -> None:
    """It is work that is due: nobody is asked whether users are affected, whatever is around it."""
    classification = classifier.classify(title, "")
    assert classification.workload == "inference"
    assert classification.incident_confidence == 0


def test_a_long_title_that_is_almost_a_plan_is_read_at_once(classifier: Classifier) -> None:
    """One that could be read in many ways would hold up everything else for days."""
    title = f"Rollout {'of the new first ' * 15}for all customers wait now please"
    assert classifier.classify(title, "").workload == "inference"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Roll out of ranker v7 fails", ""),
        ("Deployment: the ranker is down for customers", ""),
        ("Deploy chat-70b v7 to production", "Customers get errors since this morning."),
        ("Rollout of chat 3.2 leaves customers without answers", ""),
        ("Rollout of chat-70b broke completions for EU customers", ""),
        ("Production rollout of chat-70b 3.2 returns empty answers to EU customers", ""),
        ("Rollout of chat-70b 3.2 to EU customers", "All requests return garbage."),
        ("Increase in rejections from chat-70b for enterprise customers", ""),
        ("Increase of refusals from chat-70b for customers in production", ""),
        ("Increase refusals in production for EU customers", ""),
        ("Deploy corrupted chat-70b in production for all customers", ""),
        ("Ramp stopped chat-70b for all customers", ""),
    ],
)
def test_a_deployment_with_trouble_may_be_an_incident(
    classifier: Classifier, title: str, text: str
) -> None:
    """In the title or below it."""
    assert classifier.classify(title, text).incident_confidence >= POSSIBLE
