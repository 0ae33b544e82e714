"""What holds of every stack. A check gives its complaints, one line each; none is well."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from graphlib import CycleError, TopologicalSorter

from transformed import ROOT, Template, listed, name_of, named_in

# Which methods and paths each function of the API answers, by the name of its route: `sign_in_email`.
_ROW = re.compile(r"^\s+(\w+): ((?:(?:get|post) \"[^\"]+\"(?:, )?)+)[^=]*=> [\w:]+;$", re.MULTILINE)
_ENDPOINT = re.compile(r'(get|post) "([^"]+)"')
ROUTES: dict[str, set[str]] = {
    name: {f"{method.upper()} {path}" for method, path in _ENDPOINT.findall(endpoints)}
    for name, endpoints in _ROW.findall((ROOT / "functions/src/routes.rs").read_text())
}
# Those that need neither database nor secret.
ALONE = {"ok", "health"}

API_TIMEOUT_SECS = 30
# One whole processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
WHOLE_PROCESSOR_MB = 1769
ENVIRONMENT_BYTES = 4096

# Actions that know no resource, and why they are needed.
WITHOUT_RESOURCE = {
    "xray:PutTraceSegments": "traces",
    "xray:PutTelemetryRecords": "traces",
    "ec2:CreateNetworkInterface": "Lambda makes the interfaces of a function in a VPC in the name of its role",
    "ec2:DescribeNetworkInterfaces": "the same",
    "ec2:DescribeSubnets": "the same",
    "ec2:DeleteNetworkInterface": "the same",
    "ec2:AssignPrivateIpAddresses": "the same",
    "ec2:UnassignPrivateIpAddresses": "the same",
}

# What AWS's services measure, with the dimensions that they measure it by.
_AWS_METRICS = {
    ("AWS/ApiGateway", "5xx"): {"ApiId"},
    ("AWS/ApiGateway", "Latency"): {"ApiId"},
    ("AWS/Lambda", "Errors"): {"FunctionName"},
    ("AWS/Lambda", "Throttles"): {"FunctionName"},
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName"},
    ("AWS/RDS", "ACUUtilization"): {"DBClusterIdentifier"},
}
# What the functions write, by the dimensions that one alarm may ask for.
OUR_METRICS = {
    ("Latchkey", name): {"Service"}
    for name in (
        *("SignIns", "SignInFailures", "Failures", "HashTime", "ColdStarts"),
        *("OutboxAge", "DeadMails"),
    )
}
_DIMENSION_TYPES = {
    "ApiId": "AWS::ApiGatewayV2::Api",
    "FunctionName": "AWS::Lambda::Function",
    "QueueName": "AWS::SQS::Queue",
    "DBClusterIdentifier": "AWS::RDS::DBCluster",
}


def logical_id(route: str) -> str:
    """`sign_in_email` → `SignInEmailFunction`."""
    return "".join(word.capitalize() for word in route.split("_")) + "Function"


HASHING = {
    logical_id(route)
    for route in ("sign_up_email", "sign_in_email", "reset_password", "verify_password", "change_password", "delete_user")
}


def routes_have_their_function(template: Template) -> Iterator[str]:
    """Each route of the API leads to the function of its row, which may be called for that route and no other."""
    (api,) = template.of_type("AWS::ApiGatewayV2::Api").values()
    found: dict[str, set[str]] = {}
    for path, methods in api["Body"]["paths"].items():
        for method, operation in methods.items():
            if method == "options":
                continue
            uri = operation["x-amazon-apigateway-integration"]["uri"]
            found.setdefault(name_of(uri), set()).add(f"{method.upper()} {path}")
    expected = {logical_id(route): endpoints for route, endpoints in ROUTES.items()}
    for function in sorted(found.keys() | expected.keys()):
        if found.get(function) != expected.get(function):
            yield f"{function} answers {found.get(function)}, and its row says {expected.get(function)}"

    allowed: dict[str, set[str]] = {}
    for permission in template.of_type("AWS::Lambda::Permission").values():
        # `arn:…:<api>/<stage>/<method>/<path>`
        method, _, path = permission["SourceArn"].partition("/*/")[2].partition("/")
        allowed.setdefault(name_of(permission["FunctionName"]), set()).add(f"{method} /{path}")
    for function, endpoints in expected.items():
        patterns = {re.sub(r"\{\w+\}", "*", endpoint) for endpoint in endpoints}
        if allowed.get(function) != patterns:
            yield f"{function} may be called for {allowed.get(function)}"


def each_function_has_its_own_role(template: Template) -> Iterator[str]:
    """No two functions share a role, and only Lambda takes it on."""
    roles: dict[str, str] = {}
    for name, function in template.functions.items():
        role = name_of(function["Role"])
        if role in roles:
            yield f"{name} has the role of {roles[role]}"
        roles[role] = name
        trust = template.resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if [it["Principal"] for it in listed(trust)] != [{"Service": "lambda.amazonaws.com"}]:
            yield f"{role} may be taken on by {trust}"


def statements_of(template: Template, role: str) -> list[dict[str, Any]]:
    """The statements of a role: its own, and those of the policies of the stack that it names."""
    properties = template.resources[role]["Properties"]
    documents = [it["PolicyDocument"] for it in properties.get("Policies", [])]
    for arn in properties.get("ManagedPolicyArns", []):
        documents.append(template.resources[name_of(arn)]["Properties"]["PolicyDocument"])
    return [statement for document in documents for statement in listed(document["Statement"])]


def _identity_statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    for role in template.of_type("AWS::IAM::Role"):
        for statement in statements_of(template, role):
            yield role, statement


def policies_name_what_they_allow(template: Template) -> Iterator[str]:
    """No action is a pattern, no resource is everything where the service knows a narrower one, and no policy is AWS's."""
    for role, properties in template.of_type("AWS::IAM::Role").items():
        for arn in properties.get("ManagedPolicyArns", []):
            if list(named_in(arn)) == []:
                yield f"{role} has {arn}: AWS's own policies allow more than is needed"
                return
    for role, statement in _identity_statements(template):
        if statement["Effect"] == "Deny":
            continue
        if not statement.keys() <= {"Effect", "Action", "Resource", "Condition", "Sid"}:
            yield f"{role}: {statement} allows by what it leaves out"
        for action in listed(statement["Action"]):
            if "*" in action or "?" in action:
                yield f"{role} may {action}"
            for resource in listed(statement["Resource"]):
                is_wide = isinstance(resource, str) and ("*" in resource or "?" in resource)
                if is_wide and not (resource == "*" and action in WITHOUT_RESOURCE):
                    yield f"{role} may {action} on {resource}"


def secrets_read_by(template: Template, function: str) -> set[str]:
    """The secrets that a function's role may read, as JSON of what names them."""
    role = name_of(template.functions[function]["Role"])
    return {
        json.dumps(resource)
        for statement in statements_of(template, role)
        if "secretsmanager:GetSecretValue" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def secrets_are_read_by_who_needs_them(template: Template) -> Iterator[str]:
    """What a function may read is what its environment names, and those that need none have none."""
    for name, function in template.functions.items():
        variables = function["Environment"]["Variables"]
        named = {
            json.dumps(value)
            for variable, value in variables.items()
            if variable.endswith("_ARN")
        }
        may = secrets_read_by(template, name)
        if named != may:
            yield f"{name} may read {may}, and is told of {named}"
        statements = statements_of(template, name_of(function["Role"]))
        decrypts = any("kms:Decrypt" in listed(statement["Action"]) for statement in statements)
        if decrypts != bool(may and template.parameters["SecretsKmsKeyArn"]):
            yield f"{name} {'may decrypt' if decrypts else 'may not decrypt'} what it reads"
        if name in map(logical_id, ALONE) and (named or "MAIL_QUEUE_URL" in variables):
            yield f"{name} needs neither database nor secret"
        if name in map(logical_id, ROUTES.keys() - ALONE) and len(named) != 2:
            yield f"{name} needs the database's URL and the signing secret, and nothing else"


def queues_are_rung_by_who_needs_them(template: Template) -> Iterator[str]:
    """A function may send to the queue that its environment or its failures name, and to no other."""
    failures = {
        name_of(it["FunctionName"]): set(named_in(it.get("DestinationConfig", {})))
        for it in template.of_type("AWS::Lambda::EventInvokeConfig").values()
    }
    for name, function in template.functions.items():
        queue = function["Environment"]["Variables"].get("MAIL_QUEUE_URL")
        needed = failures.get(name, set()) | set(named_in(queue or {}))
        may = {
            queue
            for statement in statements_of(template, name_of(function["Role"]))
            if "sqs:SendMessage" in listed(statement["Action"])
            for queue in named_in(statement["Resource"])
        }
        if needed != may:
            yield f"{name} may send to {may}, and needs {needed}"


def network_interfaces_belong_to_functions_in_a_vpc(template: Template) -> Iterator[str]:
    """Only a function in a VPC has the policy that it needs there, and its own code may not use it."""
    for name, function in template.functions.items():
        statements = [
            it
            for it in statements_of(template, name_of(function["Role"]))
            if any(action.startswith("ec2:") for action in listed(it["Action"]))
        ]
        effects = sorted(it["Effect"] for it in statements)
        if effects != (["Allow", "Deny"] if "VpcConfig" in function else []):
            yield f"{name} has {effects} on network interfaces, and the VPC {function.get('VpcConfig')}"
        if "VpcConfig" in function and name in map(logical_id, ALONE):
            yield f"{name} calls nothing, and waits for a network interface"


def logs_are_kept_for_a_time(template: Template) -> Iterator[str]:
    """Every log group has a retention, and every function and the API write into one of the stack's."""
    groups = template.of_type("AWS::Logs::LogGroup")
    for name, group in groups.items():
        if not group.get("RetentionInDays"):
            yield f"{name} is kept for ever"
    writers = {name: it.get("LoggingConfig", {}).get("LogGroup") for name, it in template.functions.items()}
    for name, stage in template.of_type("AWS::ApiGatewayV2::Stage").items():
        writers[name] = stage.get("AccessLogSettings", {}).get("DestinationArn")
    seen: set[str] = set()
    for name, group in writers.items():
        named = set(named_in(group or {}))
        if len(named) != 1 or not named <= groups.keys() or named & seen:
            yield f"{name} logs into {group}: each needs a log group of its own"
        seen |= named
    for name, function in template.functions.items():
        may = {
            named
            for statement in statements_of(template, name_of(function["Role"]))
            if "logs:PutLogEvents" in listed(statement["Action"])
            for named in named_in(statement["Resource"])
        }
        if may != set(named_in(function.get("LoggingConfig", {}))):
            yield f"{name} may log into {may}"


def environments_hold_no_secret_and_fit(template: Template) -> Iterator[str]:
    """Environments hold names, no secret, and are smaller than Lambda's limit."""
    for name, function in template.functions.items():
        variables = function["Environment"]["Variables"]
        # A reference to a resource becomes an ARN or a URL of about this length.
        size = sum(
            len(variable) + (len(str(value)) if not isinstance(value, dict) else 120)
            for variable, value in variables.items()
        )
        if size > ENVIRONMENT_BYTES:
            yield f"the environment of {name} has {size} bytes"
        for variable, value in variables.items():
            words = set(variable.split("_"))
            is_secret = {"SECRET", "URL", "PASSWORD", "TOKEN", "KEY"} & words and not variable.endswith("_ARN")
            is_known = variable in PUBLIC_VARIABLES
            if is_secret and not is_known:
                yield f"{name}: {variable} reads like a secret"
            if "resolve:" in str(value):
                yield f"{name}: {variable} is filled in from a secret"


# Names that read like a secret's and hold none.
PUBLIC_VARIABLES = {
    "PUBLIC_URL",
    "MAIL_QUEUE_URL",
    "MAIL_WEBHOOK_URL",
    "RESET_PASSWORD_URL",
    "PASSWORD_HASH",
    "MIN_PASSWORD_LENGTH",
    "MAX_PASSWORD_LENGTH",
    "REVOKE_SESSIONS_ON_PASSWORD_RESET",
    "HIDE_SESSION_TOKEN",
}


def references_lead_somewhere(template: Template) -> Iterator[str]:
    """What a resource or an output names is there under the same parameters."""
    for name in template.resources:
        for other in sorted(template.references(name) - template.resources.keys()):
            yield f"{name} names {other}, which is not there"
    for name, output in template.outputs.items():
        for other in sorted(set(named_in(output)) - template.resources.keys()):
            yield f"the output {name} names {other}, which is not there"


def nothing_waits_for_itself(template: Template) -> Iterator[str]:
    """There is an order in which the resources can be made."""
    graph = {name: template.references(name) & template.resources.keys() for name in template.resources}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield f"in a circle: {' → '.join(error.args[1])}"


def readers_wait_for_the_migration(template: Template) -> Iterator[str]:
    """Who reads the database is made or changed after its schema is."""
    for name, function in template.functions.items():
        reads = "DATABASE_URL_ARN" in function["Environment"]["Variables"]
        waits = "Migration" in template.waits_for(name)
        if name == "MigrateFunction":
            if waits:
                yield "MigrateFunction waits for what it does"
        elif reads != waits:
            yield f"{name} {'reads the database and does not wait' if reads else 'waits'} for the migration"


def the_migration_can_answer(template: Template) -> Iterator[str]:
    """What `migrate` needs to run and to answer is there before it, and goes after it."""
    if template.parameters["Database"] != "aurora":
        return
    waits = template.waits_for("Migration")
    for name in ("DatabaseInstance", "SecretsEndpoint", "S3Endpoint", "PrivateRoutesA", "PrivateRoutesB"):
        if name not in waits:
            yield f"the migration does not wait for {name}"


def times_end_in_order(template: Template) -> Iterator[str]:
    """A function of the API ends before the API does, a queue hides a message for longer than its function runs."""
    for route in ROUTES:
        timeout = template.functions.get(logical_id(route), {}).get("Timeout", API_TIMEOUT_SECS)
        if timeout >= API_TIMEOUT_SECS:
            yield f"{logical_id(route)} may run {timeout} s, and the API waits {API_TIMEOUT_SECS}"
    for mapping in template.of_type("AWS::Lambda::EventSourceMapping").values():
        queue = template.resources[name_of(mapping["EventSourceArn"])]["Properties"]
        timeout = template.functions[name_of(mapping["FunctionName"])]["Timeout"]
        if queue["VisibilityTimeout"] < 6 * timeout:
            yield f"a message is hidden {queue['VisibilityTimeout']} s, and its function may run {timeout}"
    migration = template.resources["Migration"]["Properties"]
    timeout = template.functions["MigrateFunction"]["Timeout"]
    if not timeout < int(migration["ServiceTimeout"]) < 2 * timeout:
        yield f"the stack waits {migration['ServiceTimeout']} s for a migration of {timeout} s"


def functions_are_built_alike(template: Template) -> Iterator[str]:
    """Each is a custom runtime of the stack's architecture, traced, and of the memory that its kind needs."""
    for name, function in template.functions.items():
        kind = (function["Runtime"], function["Architectures"], function["TracingConfig"]["Mode"])
        if kind != ("provided.al2023", [template.parameters["Architecture"]], template.parameters["Tracing"]):
            yield f"{name} is {kind}"
        memory = function["MemorySize"]
        if (memory >= WHOLE_PROCESSOR_MB) != (name in HASHING):
            yield f"{name} has {memory} MB; hashing needs {WHOLE_PROCESSOR_MB}, and nothing else does"
        reserved = int(template.parameters["ReservedHashing"]) if name in HASHING else 0
        if int(function.get("ReservedConcurrentExecutions", 0)) != reserved:
            yield f"{name} reserves {function.get('ReservedConcurrentExecutions')}"


def failed_runs_are_kept(template: Template) -> Iterator[str]:
    """An event that could not be handed over, or a run that failed to its end, becomes a dead letter."""
    invoked = {name_of(it["FunctionName"]): it for it in template.of_type("AWS::Lambda::EventInvokeConfig").values()}
    scheduled = set()
    for name, schedule in template.of_type("AWS::Scheduler::Schedule").items():
        target = schedule["Target"]
        function = name_of(target["Arn"])
        scheduled.add(function)
        if set(named_in(target.get("DeadLetterConfig", {}))) != {"DeadLetters"}:
            yield f"{name}: an event that Lambda does not take is lost"
        may = {
            named
            for statement in statements_of(template, name_of(target["RoleArn"]))
            if "sqs:SendMessage" in listed(statement["Action"])
            for named in named_in(statement["Resource"])
        }
        if may != {"DeadLetters"}:
            yield f"{name} may put dead letters into {may}"
        failure = invoked.get(function, {}).get("DestinationConfig", {}).get("OnFailure", {})
        if set(named_in(failure)) != {"DeadLetters"}:
            yield f"{function}: a run that fails is lost"
    expected = {"CleanupFunction"} | ({"MailerFunction"} if template.parameters["MailTransport"] != "none" else set())
    if scheduled != expected:
        yield f"scheduled are {scheduled}"
    for name, queue in template.of_type("AWS::SQS::Queue").items():
        if name != "DeadLetters" and set(named_in(queue.get("RedrivePolicy", {}))) != {"DeadLetters"}:
            yield f"{name}: what is given up is lost"


def alarms_watch_what_is_measured(template: Template) -> Iterator[str]:
    """Each alarm is about metrics that exist, of resources that exist, says what no data means, and tells the topic."""
    filters = {
        (it["MetricNamespace"], it["MetricName"]): {dimension["Key"] for dimension in it.get("Dimensions", [])}
        for properties in template.of_type("AWS::Logs::MetricFilter").values()
        for it in properties["MetricTransformations"]
    }
    known = _AWS_METRICS | OUR_METRICS | filters
    for name, alarm in template.of_type("AWS::CloudWatch::Alarm").items():
        metrics = [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", []) if "MetricStat" in it] or [alarm]
        for metric in metrics:
            key = (metric["Namespace"], metric["MetricName"])
            dimensions = {it["Name"]: it["Value"] for it in metric["Dimensions"]}
            if known.get(key) != dimensions.keys():
                yield f"{name}: nothing measures {key} by {set(dimensions)}"
            for dimension, value in dimensions.items():
                types = [template.resources[other]["Type"] for other in named_in(value)]
                if value != "latchkey" if dimension == "Service" else types != [_DIMENSION_TYPES.get(dimension)]:
                    yield f"{name}: {value} is no {dimension}"
        if len(metrics) > 10:
            yield f"{name} asks for {len(metrics)} metrics, and CloudWatch allows ten"
        if "TreatMissingData" not in alarm:
            yield f"{name} does not say what silence means"
        if [name_of(it) for it in alarm["AlarmActions"]] != ["AlarmTopic"]:
            yield f"{name} tells nobody"
    for name in template.functions:
        service = template.functions[name]["Environment"]["Variables"].get("METRICS_SERVICE")
        if service != "latchkey":
            yield f"{name} counts for {service}"


def throttled_requests_are_counted(template: Template) -> Iterator[str]:
    """The filter that counts them reads fields that the API's log has."""
    (filter_,) = template.of_type("AWS::Logs::MetricFilter").values()
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage").values()
    fields = json.loads(stage["AccessLogSettings"]["Format"]).keys()
    read = set(re.findall(r"\$\.(\w+)", json.dumps(filter_)))
    if not read <= fields:
        yield f"the log has no {read - fields}"


def the_api_logs_no_path(template: Template) -> Iterator[str]:
    """Its log is one JSON object a request, of fields that say nothing of URLs, headers and bodies."""
    (stage,) = template.of_type("AWS::ApiGatewayV2::Stage").values()
    text = stage["AccessLogSettings"]["Format"]
    if "\n" in text:
        yield "the log has several lines a request"
    fields = json.loads(text)
    allowed = {
        "$context." + name
        for name in (
            *("requestId", "integration.requestId", "requestTime", "routeKey", "status", "responseLatency"),
            *("integrationLatency", "integrationStatus", "integrationErrorMessage", "error.message"),
            *("responseLength", "protocol", "identity.sourceIp"),
        )
    } | {"latchkey"}
    for name, value in fields.items():
        if value not in allowed:
            yield f"{name} logs {value}"
    for name in ("routeKey", "requestId", "status", "latencyMs", "functionError", "sourceIp"):
        if name not in fields:
            yield f"the log lacks {name}"


def data_outlives_a_mistake(template: Template) -> Iterator[str]:
    """What would be lost for good is kept when its resource goes, and is encrypted."""
    kept = {"AuthSecret": ("RetainExceptOnCreate", "Retain"), "DatabaseCluster": ("Snapshot", "Snapshot")}
    for name, policies in kept.items():
        resource = template.resources.get(name)
        if resource and (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")) != policies:
            yield f"{name} goes with the stack"
    for name, cluster in template.of_type("AWS::RDS::DBCluster").items():
        if cluster.get("StorageEncrypted") is not True or str(cluster.get("DeletionProtection")) != "true":
            yield f"{name} is not encrypted, or is easily deleted"
    for name, instance in template.of_type("AWS::RDS::DBInstance").items():
        if instance.get("PubliclyAccessible") is not False:
            yield f"{name} is on the internet"


def networks_are_closed(template: Template) -> Iterator[str]:
    """Postgres and the endpoints of AWS let in the functions, and nobody by address."""
    for name, group in template.of_type("AWS::EC2::SecurityGroup").items():
        for rule in group.get("SecurityGroupIngress", []):
            if "SourceSecurityGroupId" not in rule or rule["FromPort"] != rule["ToPort"]:
                yield f"{name} lets in {rule}"
    services = {
        endpoint["ServiceName"].rpartition(".")[2]
        for endpoint in template.of_type("AWS::EC2::VPCEndpoint").values()
    }
    transport = template.parameters["MailTransport"]
    needed = {"secretsmanager", "s3"}
    needed |= {"sqs"} if transport != "none" else set()
    needed |= {"email"} if transport == "ses" else set()
    if template.parameters["Database"] == "aurora" and services != needed:
        yield f"the functions call {needed}, and the network has {services}"


def schema_hash() -> str:
    """The SHA-256 of the migrations: of each its name, its length and what it says."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").glob("*.sql")):
        text = path.read_bytes()
        digest.update(f"{path.name} {len(text)}\n".encode() + text)
    return digest.hexdigest()


def the_migration_names_the_schema(template: Template) -> Iterator[str]:
    """A new migration changes the resource that runs it."""
    found, expected = template.resources["Migration"]["Properties"]["Schema"], schema_hash()
    if found != expected:
        yield (
            "migrations/ has changed, and a deployment would not run it. This mends it:\n"
            f"  sed -i 's/^      Schema: .*/      Schema: {expected}/' template.yaml"
        )


CHECKS = [
    routes_have_their_function,
    each_function_has_its_own_role,
    policies_name_what_they_allow,
    secrets_are_read_by_who_needs_them,
    queues_are_rung_by_who_needs_them,
    network_interfaces_belong_to_functions_in_a_vpc,
    logs_are_kept_for_a_time,
    environments_hold_no_secret_and_fit,
    references_lead_somewhere,
    nothing_waits_for_itself,
    readers_wait_for_the_migration,
    the_migration_can_answer,
    times_end_in_order,
    functions_are_built_alike,
    failed_runs_are_kept,
    alarms_watch_what_is_measured,
    throttled_requests_are_counted,
    the_api_logs_no_path,
    data_outlives_a_mistake,
    networks_are_closed,
    the_migration_names_the_schema,
]
