"""Each check finds the mistake that it is for: a template with that one mistake has complaints."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import checks
from checks import CHECKS
from transformed import SOURCE, Template
from variants import VARIANTS

Resources = dict[str, Any]
Check = Callable[[Template], Iterator[str]]

MISTAKES: list[tuple[Check, str, str, Callable[[Resources], object]]] = []


def mistake(check: Check, variant: str = "existing") -> Callable[[Callable[[Resources], object]], object]:
    """Notes a mistake that a check has to find in the stack of a variant."""

    def note(make: Callable[[Resources], object]) -> object:
        MISTAKES.append((check, variant, make.__name__, make))
        return make

    return note


FULL = "existing, all that can be set"
AURORA = "aurora, proxy, standby, ses"


def properties(resources: Resources, name: str) -> dict[str, Any]:
    """What can be set of a resource."""
    found: dict[str, Any] = resources[name]["Properties"]
    return found


def event(resources: Resources, function: str, name: str = "Api") -> dict[str, Any]:
    """What can be set of a function's event."""
    found: dict[str, Any] = properties(resources, function)["Events"][name]["Properties"]
    return found


def inline(resources: Resources, role: str, number: int = 0) -> dict[str, Any]:
    """A statement of a role's own."""
    found: dict[str, Any] = properties(resources, role)["Policies"][number]["PolicyDocument"]["Statement"]
    return found


@mistake(checks.routes_have_their_function)
def a_path_is_misspelled(it: Resources) -> None:
    event(it, "SignInEmailFunction")["Path"] = "/api/auth/sign-in/emial"


@mistake(checks.routes_have_their_function)
def an_alias_is_forgotten(it: Resources) -> None:
    del properties(it, "GetSessionFunction")["Events"]["Alias"]


@mistake(checks.routes_have_their_function)
def a_function_is_forgotten(it: Resources) -> None:
    del it["ListAccountsFunction"]


@mistake(checks.routes_have_their_function)
def a_function_answers_anything_else(it: Resources) -> None:
    properties(it, "OkFunction")["Events"]["Rest"] = {"Type": "HttpApi", "Properties": {"ApiId": {"Ref": "Api"}}}


@mistake(checks.each_function_has_its_own_role)
def two_functions_share_a_role(it: Resources) -> None:
    properties(it, "SignOutFunction")["Role"] = properties(it, "GetSessionFunction")["Role"]


@mistake(checks.each_function_has_its_own_role)
def another_account_may_take_it_on(it: Resources) -> None:
    trust = properties(it, "SignOutRole")["AssumeRolePolicyDocument"]["Statement"]
    trust["Principal"] = {"AWS": "210987654321"}


@mistake(checks.policies_name_what_they_allow)
def sams_own_role_is_used(it: Resources) -> None:
    del properties(it, "OkFunction")["Role"]


@mistake(checks.policies_name_what_they_allow)
def an_action_is_a_pattern(it: Resources) -> None:
    inline(it, "OkRole")["Action"] = ["logs:Put*"]


@mistake(checks.policies_name_what_they_allow)
def a_resource_is_everything(it: Resources) -> None:
    properties(it, "ReadsAuthSecret")["PolicyDocument"]["Statement"][0]["Resource"] = "*"


@mistake(checks.policies_name_what_they_allow)
def a_resource_is_a_pattern(it: Resources) -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"}
    inline(it, "CleanupRole")["Resource"] = arn


@mistake(checks.policies_name_what_they_allow, AURORA)
def the_proxy_reads_every_secret(it: Resources) -> None:
    inline(it, "ProxyRole")[0]["Resource"] = "*"


@mistake(checks.secrets_are_read_by_who_needs_them)
def a_probe_reads_a_secret(it: Resources) -> None:
    properties(it, "OkRole")["ManagedPolicyArns"].append({"Ref": "ReadsAuthSecret"})


@mistake(checks.secrets_are_read_by_who_needs_them)
def a_probe_is_told_of_a_secret(it: Resources) -> None:
    properties(it, "HealthFunction")["Environment"] = {"Variables": {"BETTER_AUTH_SECRET_ARN": {"Ref": "AuthSecret"}}}
    properties(it, "HealthRole")["ManagedPolicyArns"].append({"Ref": "ReadsAuthSecret"})


@mistake(checks.secrets_are_read_by_who_needs_them)
def a_function_may_not_read_its_secret(it: Resources) -> None:
    properties(it, "VerifyEmailRole")["ManagedPolicyArns"].remove({"Ref": "ReadsDatabaseUrl"})


@mistake(checks.secrets_are_read_by_who_needs_them, FULL)
def the_migration_may_not_decrypt_its_url(it: Resources) -> None:
    del properties(it, "MigrateRole")["Policies"][1]["Fn::If"][1]["PolicyDocument"]["Statement"][1]


@mistake(checks.secrets_are_read_by_who_needs_them, FULL)
def the_mailer_may_not_read_the_mail_servers_url(it: Resources) -> None:
    del properties(it, "MailerRole")["Policies"][3]


@mistake(checks.queues_are_rung_by_who_needs_them, FULL)
def a_reader_rings_the_mailer(it: Resources) -> None:
    properties(it, "GetSessionRole")["ManagedPolicyArns"].append({"Ref": "RingsMailer"})


@mistake(checks.queues_are_rung_by_who_needs_them, FULL)
def who_rings_may_not(it: Resources) -> None:
    properties(it, "ChangeEmailRole")["ManagedPolicyArns"].pop(2)


@mistake(checks.network_interfaces_belong_to_functions_in_a_vpc)
def a_function_outside_may_make_interfaces(it: Resources) -> None:
    del it["EntersVpc"]["Condition"]
    properties(it, "OkRole")["ManagedPolicyArns"].append({"Ref": "EntersVpc"})


@mistake(checks.network_interfaces_belong_to_functions_in_a_vpc, "aurora")
def a_function_inside_may_not(it: Resources) -> None:
    properties(it, "SignOutRole")["ManagedPolicyArns"].pop()


@mistake(checks.network_interfaces_belong_to_functions_in_a_vpc, "aurora")
def a_probe_is_inside(it: Resources) -> None:
    del properties(it, "OkFunction")["VpcConfig"]
    properties(it, "OkRole")["ManagedPolicyArns"].append({"Ref": "EntersVpc"})


@mistake(checks.network_interfaces_belong_to_functions_in_a_vpc, "aurora")
def its_own_code_may(it: Resources) -> None:
    properties(it, "EntersVpc")["PolicyDocument"]["Statement"].pop()


@mistake(checks.logs_are_kept_for_a_time)
def a_log_is_kept_for_ever(it: Resources) -> None:
    del properties(it, "ApiLogs")["RetentionInDays"]


@mistake(checks.logs_are_kept_for_a_time)
def a_function_makes_its_own_log(it: Resources) -> None:
    del properties(it, "SignOutFunction")["LoggingConfig"]


@mistake(checks.logs_are_kept_for_a_time)
def a_role_writes_into_anothers_log(it: Resources) -> None:
    inline(it, "SignOutRole")["Resource"] = inline(it, "SignInEmailRole")["Resource"]


@mistake(checks.environments_hold_no_secret_and_fit)
def the_url_stands_in_the_environment(it: Resources) -> None:
    properties(it, "SignOutFunction")["Environment"]["Variables"]["DATABASE_URL"] = "postgres://u:p@host/db"


@mistake(checks.environments_hold_no_secret_and_fit)
def a_secret_is_filled_in(it: Resources) -> None:
    value = {"Fn::Sub": "{{resolve:secretsmanager:${DatabaseUrlSecretArn}}}"}
    properties(it, "SignOutFunction")["Environment"]["Variables"]["DATABASE"] = value


@mistake(checks.environments_hold_no_secret_and_fit, FULL)
def the_environment_is_too_large(it: Resources) -> None:
    properties(it, "SignOutFunction")["Environment"]["Variables"]["NOTES"] = "x" * 1000


@mistake(checks.references_lead_somewhere)
def a_condition_is_forgotten(it: Resources) -> None:
    del it["DomainMapping"]["Condition"]


@mistake(checks.nothing_waits_for_itself)
def the_migration_waits_for_whom_it_serves(it: Resources) -> None:
    it["MigrateFunction"]["DependsOn"] = "SignOutFunction"


@mistake(checks.readers_wait_for_the_migration)
def a_reader_does_not_wait(it: Resources) -> None:
    del it["SignOutFunction"]["DependsOn"]


@mistake(checks.readers_wait_for_the_migration)
def a_probe_waits(it: Resources) -> None:
    it["OkFunction"]["DependsOn"] = "Migration"


@mistake(checks.the_migration_can_answer, "aurora")
def nothing_leads_to_s3_yet(it: Resources) -> None:
    properties(it, "Migration")["Network"]["Fn::If"][1].remove({"Ref": "S3Endpoint"})


@mistake(checks.times_end_in_order)
def a_function_outlives_the_api(it: Resources) -> None:
    properties(it, "SignOutFunction")["Timeout"] = 30


@mistake(checks.times_end_in_order, "existing, webhook")
def a_message_comes_back_too_early(it: Resources) -> None:
    properties(it, "MailQueue")["VisibilityTimeout"] = 60


@mistake(checks.times_end_in_order)
def the_stack_waits_an_hour(it: Resources) -> None:
    properties(it, "Migration")["ServiceTimeout"] = 3600


@mistake(checks.functions_are_built_alike)
def a_hash_gets_half_a_processor(it: Resources) -> None:
    properties(it, "VerifyPasswordFunction")["MemorySize"] = 884


@mistake(checks.functions_are_built_alike)
def a_reader_gets_a_whole_one(it: Resources) -> None:
    properties(it, "GetSessionFunction")["MemorySize"] = 1769


@mistake(checks.functions_are_built_alike, FULL)
def one_function_keeps_its_architecture(it: Resources) -> None:
    properties(it, "OkFunction")["Architectures"] = ["x86_64"]


@mistake(checks.functions_are_built_alike, FULL)
def one_function_reserves_nothing(it: Resources) -> None:
    del properties(it, "VerifyPasswordFunction")["ReservedConcurrentExecutions"]


@mistake(checks.failed_runs_are_kept)
def a_failed_run_is_lost(it: Resources) -> None:
    del properties(it, "CleanupFunction")["EventInvokeConfig"]["DestinationConfig"]


@mistake(checks.failed_runs_are_kept, "existing, webhook")
def an_event_is_lost(it: Resources) -> None:
    del event(it, "MailerFunction", "Schedule")["DeadLetterConfig"]


@mistake(checks.failed_runs_are_kept, "existing, webhook")
def a_wake_up_is_lost(it: Resources) -> None:
    del properties(it, "MailQueue")["RedrivePolicy"]


@mistake(checks.alarms_watch_what_is_measured)
def a_metric_is_misspelled(it: Resources) -> None:
    properties(it, "ApiFailuresAlarm")["MetricName"] = "5XXError"


@mistake(checks.alarms_watch_what_is_measured)
def a_metric_has_another_dimension(it: Resources) -> None:
    metric = properties(it, "SignInFailuresAlarm")["Metrics"][1]["MetricStat"]["Metric"]
    metric["Dimensions"][0]["Name"] = "Function"


@mistake(checks.alarms_watch_what_is_measured)
def an_alarm_tells_nobody(it: Resources) -> None:
    properties(it, "LatencyAlarm")["AlarmActions"] = []


@mistake(checks.alarms_watch_what_is_measured)
def silence_means_nothing(it: Resources) -> None:
    del properties(it, "LatencyAlarm")["TreatMissingData"]


@mistake(checks.alarms_watch_what_is_measured)
def an_alarm_watches_a_role(it: Resources) -> None:
    properties(it, "CleanupAlarm")["Dimensions"][0]["Value"] = {"Ref": "CleanupRole"}


@mistake(checks.throttled_requests_are_counted)
def the_filter_reads_a_field_that_is_not_logged(it: Resources) -> None:
    properties(it, "GatewayThrottles")["FilterPattern"] = '{ $.integrationStatus = "-" }'


@mistake(checks.the_api_logs_no_path)
def the_path_is_logged(it: Resources) -> None:
    properties(it, "Api")["AccessLogSettings"]["Format"] = '{"path":"$context.path"}'


@mistake(checks.data_outlives_a_mistake, "aurora")
def the_database_goes_with_the_stack(it: Resources) -> None:
    it["DatabaseCluster"]["DeletionPolicy"] = "Delete"


@mistake(checks.data_outlives_a_mistake)
def the_signing_secret_goes_with_the_stack(it: Resources) -> None:
    del it["AuthSecret"]["DeletionPolicy"]


@mistake(checks.networks_are_closed, "aurora")
def postgres_is_open_to_the_network(it: Resources) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.42.0.0/22"}
    properties(it, "DatabaseSecurityGroup")["SecurityGroupIngress"].append(rule)


@mistake(checks.networks_are_closed, AURORA)
def the_mailer_cannot_reach_ses(it: Resources) -> None:
    properties(it, "SesEndpoint")["ServiceName"] = {"Fn::Sub": "com.amazonaws.${AWS::Region}.email-smtp"}


@mistake(checks.the_migration_names_the_schema)
def a_migration_was_added(it: Resources) -> None:
    properties(it, "Migration")["Schema"] = "0" * 64


@pytest.mark.parametrize(
    ("check", "variant", "make"),
    [(check, variant, make) for check, variant, _, make in MISTAKES],
    ids=[f"{check.__name__}-{name}" for check, _, name, _ in MISTAKES],
)
def test_it_is_found(check: Check, variant: str, make: Callable[[Resources], object]) -> None:
    source = copy.deepcopy(SOURCE)
    make(source["Resources"])

    assert list(check(Template(VARIANTS[variant], source))) != []


def test_every_check_finds_something() -> None:
    assert {check for check, *_ in MISTAKES} == set(CHECKS)
