"""`template.yaml` as CloudFormation gets it: transformed by SAM for one set of parameters, with its conditions applied."""

import copy
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

# SAM asks boto3 for the region.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())

ACCOUNT, REGION = "123456789012", "eu-central-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/latchkey/1",
    "AWS::StackName": "latchkey",
    "AWS::URLSuffix": "amazonaws.com",
}
NO_VALUE = {"Ref": "AWS::NoValue"}
_REFERENCE = re.compile(r"\$\{([^!][^}]*)\}")


class Template:
    """The stack of one set of parameters. What names a resource stays `Ref`, `Fn::GetAtt` or `${…}`."""

    def __init__(self, parameters: dict[str, str], source: dict[str, Any] = SOURCE):
        source = copy.deepcopy(source)
        defaults = {name: it["Default"] for name, it in source["Parameters"].items() if "Default" in it}
        self.parameters: dict[str, Any] = {**defaults, **parameters}
        self.source = source
        fragment = copy.deepcopy(source)
        # `sam package` puts the code into a bucket.
        for resource in [fragment["Globals"]["Function"], *(it["Properties"] for it in _functions(fragment))]:
            if "CodeUri" in resource:
                resource["CodeUri"] = "s3://bucket/key"
        translated = transform(fragment, {**PSEUDO, **self.parameters}, lambda: {}, passthrough_metadata=True)
        self._conditions = translated.get("Conditions", {})
        self.all_resources: dict[str, Any] = translated["Resources"]
        self.resources: dict[str, Any] = {
            name: self.resolve(resource)
            for name, resource in self.all_resources.items()
            if self.holds(resource.get("Condition"))
        }
        self.outputs: dict[str, Any] = {
            name: self.resolve(output)
            for name, output in translated["Outputs"].items()
            if self.holds(output.get("Condition"))
        }

    def holds(self, condition: str | None) -> bool:
        """Whether a condition is true; none is."""
        return condition is None or self.decide(self._conditions[condition])

    def decide(self, value: Any) -> bool:
        """The truth of a condition's or a rule's expression."""
        ((function, arguments),) = value.items()
        match function:
            case "Condition":
                return self.holds(arguments)
            case "Fn::Equals":
                left, right = (self.resolve(argument) for argument in arguments)
                return str(left) == str(right)
            case "Fn::Not":
                return not self.decide(arguments[0])
            case "Fn::And":
                return all(self.decide(argument) for argument in arguments)
            case "Fn::Or":
                return any(self.decide(argument) for argument in arguments)
            case "Fn::Contains":
                return self.resolve(arguments[1]) in self.resolve(arguments[0])
        raise ValueError(f"{function} is no function of a condition")

    def resolve(self, value: Any) -> Any:
        """A value with parameters put in and conditions applied; what has no value is left out."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item != NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, arguments),) = value.items()
            resolve = self._functions.get(function)
            if resolve:
                return resolve(self, arguments)
        resolved = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in resolved.items() if item != NO_VALUE}

    def _ref(self, name: str) -> Any:
        return self.parameters.get(name, PSEUDO.get(name, {"Ref": name}))

    def _if(self, arguments: list[Any]) -> Any:
        condition, yes, no = arguments
        return self.resolve(yes if self.holds(condition) else no)

    def _sub(self, arguments: Any) -> Any:
        text, variables = arguments if isinstance(arguments, list) else (arguments, {})

        def known(match: re.Match[str]) -> str:
            name = match[1]
            value = self.resolve(variables[name]) if name in variables else self._ref(name)
            return _text(value)

        return _REFERENCE.sub(known, text)

    def _split(self, arguments: list[Any]) -> list[str]:
        separator, text = arguments
        return str(self.resolve(text)).split(separator)

    def _join(self, arguments: list[Any]) -> Any:
        separator, parts = arguments
        return separator.join(_text(part) for part in self.resolve(parts))

    _functions: dict[str, Callable[["Template", Any], Any]] = {
        "Ref": _ref,
        "Fn::If": _if,
        "Fn::Sub": _sub,
        "Fn::Split": _split,
        "Fn::Join": _join,
    }

    def of_type(self, kind: str) -> dict[str, Any]:
        """The properties of the resources of one type, by logical id."""
        return {name: it.get("Properties", {}) for name, it in self.resources.items() if it["Type"] == kind}

    @property
    def functions(self) -> dict[str, Any]:
        """The Lambda functions."""
        return self.of_type("AWS::Lambda::Function")

    def references(self, name: str) -> set[str]:
        """The resources that one names, and so waits for."""
        resource = self.resources[name]
        depends_on = resource.get("DependsOn", [])
        named = {depends_on} if isinstance(depends_on, str) else set(depends_on)
        return named | set(named_in({key: it for key, it in resource.items() if key != "DependsOn"}))

    def waits_for(self, name: str) -> set[str]:
        """All that comes before a resource."""
        found: set[str] = set()
        left = [name]
        while left:
            for other in self.references(left.pop()) - found:
                found.add(other)
                if other in self.resources:
                    left.append(other)
        return found

    def rule_violations(self) -> list[str]:
        """What CloudFormation would say of the parameters before it does anything."""
        return [
            assertion["AssertDescription"]
            for rule in self.source.get("Rules", {}).values()
            if self.decide(rule["RuleCondition"])
            for assertion in rule["Assertions"]
            if not self.decide(assertion["Assert"])
        ]


def named_in(value: Any) -> Iterator[str]:
    """The resources that a resolved value names."""
    if isinstance(value, str):
        for name in _REFERENCE.findall(value):
            yield name.partition(".")[0]
    elif isinstance(value, list):
        for item in value:
            yield from named_in(item)
    elif isinstance(value, dict):
        if "Ref" in value and len(value) == 1:
            yield value["Ref"]
        elif "Fn::GetAtt" in value:
            attribute = value["Fn::GetAtt"]
            yield attribute[0] if isinstance(attribute, list) else attribute.partition(".")[0]
        else:
            for item in value.values():
                yield from named_in(item)


def name_of(value: Any) -> str:
    """The one resource that a value names."""
    (name,) = named_in(value)
    return name


def listed(value: Any) -> list[Any]:
    """A value that may be one thing or a list of them, as a list."""
    return value if isinstance(value, list) else [value]


def _text(part: Any) -> str:
    if not isinstance(part, dict):
        return str(part)
    attribute = part.get("Fn::GetAtt", part.get("Ref"))
    return "${" + (attribute if isinstance(attribute, str) else ".".join(attribute)) + "}"


def _functions(fragment: dict[str, Any]) -> list[dict[str, Any]]:
    return [it for it in fragment["Resources"].values() if it["Type"] == "AWS::Serverless::Function"]
