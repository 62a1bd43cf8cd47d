"""The Flask application: the API, uploads and downloads."""

from flask import Flask, Response

from clickup_mlops.sandbox.monday.edge import edge, files
from clickup_mlops.sandbox.monday.edge.edge import Services


def create_app(services: Services) -> Flask:
    """The application over one world."""
    app = Flask("clickup_mlops.sandbox.monday", static_folder=None)
    app.url_map.merge_slashes = False

    def answer() -> Response:
        return edge.answer_request(services)

    def download(asset_id: int, name: str) -> Response:
        return files.download(services, asset_id)

    app.add_url_rule("/v2", "graphql", answer, methods=["POST"])
    app.add_url_rule("/v2/", "graphql_slash", answer, methods=["POST"])
    app.add_url_rule("/v2/file", "upload", answer, methods=["POST"])
    app.add_url_rule("/files/<int:asset_id>/<path:name>", "download", download)
    app.add_url_rule(
        "/protected_static/<int:_account_id>/resources/<int:_asset_id>/<path:_name>",
        "login",
        files.demand_login,
    )
    return app
