"""As much of CodeConnections and Cloud Control as the bootstrap needs: no emulator has links and Git sync."""

import json
import threading
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from .ministack import ACCOUNT, REGION
from .schemas import schema_of


class Connections:
    """A server on loopback, in front of an emulator that has CloudFormation but describes no types."""

    def __init__(self, cloudformation_url):
        self.cloudformation_url = cloudformation_url
        self.connections = {}
        self.resources = {}
        self.requests = {}
        # Stack: the role with which it is made and changed.
        self.stack_roles = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def environment(self):
        services = ["CODECONNECTIONS", "CLOUDCONTROL", "CLOUDFORMATION"]
        return {f"AWS_ENDPOINT_URL_{service}": self.url for service in services}

    def approve(self):
        """What a person does in the console."""
        for connection in self.connections.values():
            connection["ConnectionStatus"] = "AVAILABLE"

    def sync_configurations(self):
        """What Git sync would follow, by stack."""
        found = [p for kind, p in self.resources.values() if kind == "AWS::CodeStarConnections::SyncConfiguration"]
        return {properties["ResourceName"]: properties for properties in found}

    def links(self):
        return [p for kind, p in self.resources.values() if kind == "AWS::CodeStarConnections::RepositoryLink"]

    def _handler(self):
        answers = {
            "CreateConnection": self._create_connection,
            "GetConnection": lambda call: {"Connection": self.connections[call["ConnectionArn"]]},
            "ListTagsForResource": lambda call: {"Tags": self.connections[call["ResourceArn"]]["Tags"]},
            "CreateResource": self._create_resource,
            "DeleteResource": self._delete_resource,
            "GetResourceRequestStatus": lambda call: {"ProgressEvent": self.requests[call["RequestToken"]]},
            "GetResource": self._get_resource,
        }

        cloudformation = self._cloudformation

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                call = self.rfile.read(int(self.headers["Content-Length"]))
                target = self.headers.get("X-Amz-Target")
                if target:
                    status, body = 200, json.dumps(answers[target.split(".")[-1]](json.loads(call))).encode()
                else:
                    status, body = cloudformation(call, dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0" if target else "text/xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        return Handler

    def _cloudformation(self, call, headers):
        form = parse_qs(call.decode())
        if form["Action"] == ["CreateStack"]:
            self.stack_roles[form["StackName"][0]] = form.get("RoleARN", [None])[0]
        if form["Action"] != ["DescribeType"]:
            request = urllib.request.Request(self.cloudformation_url, data=call, headers=headers)
            try:
                with urllib.request.urlopen(request) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.read()
        schema = escape(json.dumps(schema_of(form["TypeName"][0])))
        result = f"<DescribeTypeResult><Type>RESOURCE</Type><Schema>{schema}</Schema></DescribeTypeResult>"
        return 200, f"<DescribeTypeResponse>{result}</DescribeTypeResponse>".encode()

    def _create_connection(self, call):
        arn = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/{len(self.connections)}"
        self.connections[arn] = {
            "ConnectionArn": arn, "ConnectionName": call["ConnectionName"], "ConnectionStatus": "PENDING",
            "OwnerAccountId": ACCOUNT, "ProviderType": call["ProviderType"], "Tags": call.get("Tags", []),
        }  # fmt: skip
        return {"ConnectionArn": arn}

    def _create_resource(self, call):
        kind, properties = call["TypeName"], json.loads(call["DesiredState"])
        if kind.endswith("RepositoryLink"):
            status = self.connections[properties["ConnectionArn"]]["ConnectionStatus"]
            assert status == "AVAILABLE", "a link needs an approved connection"
            properties["RepositoryLinkId"] = str(uuid.uuid4())
        identifier = str(uuid.uuid4())
        self.resources[identifier] = (kind, properties)
        return self._done("CREATE", kind, identifier)

    def _delete_resource(self, call):
        kind, _ = self.resources.pop(call["Identifier"])
        return self._done("DELETE", kind, call["Identifier"])

    def _done(self, operation, kind, identifier):
        token = str(uuid.uuid4())
        self.requests[token] = {
            "TypeName": kind, "Identifier": identifier, "RequestToken": token, "Operation": operation,
            "OperationStatus": "SUCCESS",
        }  # fmt: skip
        return {"ProgressEvent": self.requests[token]}

    def _get_resource(self, call):
        kind, properties = self.resources[call["Identifier"]]
        described = {"Identifier": call["Identifier"], "Properties": json.dumps(properties)}
        return {"TypeName": kind, "ResourceDescription": described}
