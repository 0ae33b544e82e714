"""template.yaml, as the SAM CLI can run it on this machine."""

from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_dump, yaml_parse

_TEMPLATE = Path(__file__).resolve().parent.parent.parent / "template.yaml"
_NO_VALUE = {"Ref": "AWS::NoValue"}


class LocalTemplate:
    """A copy whose functions are the built ones, with more variables in each.

    What `sam build` changes is changed here: where the code of a function is. And conditions are decided here, as
    CloudFormation would for these parameters: `sam local` leaves every If with an AWS::NoValue as it stands.
    """

    def __init__(self, bootstraps: Path, parameters: dict[str, str], variables: dict[str, str]):
        whole: dict[str, Any] = yaml_parse(_TEMPLATE.read_text(encoding="utf-8"))
        unknown = parameters.keys() - whole["Parameters"].keys()
        if unknown:
            raise ValueError(f"template.yaml has no parameter {', '.join(sorted(unknown))}")
        conditions = _Conditions(whole.get("Conditions", {}), whole["Parameters"], parameters)
        whole["Resources"] = {
            logical_id: resource
            for logical_id, resource in whole["Resources"].items()
            if conditions.hold(resource.get("Condition"))
        }
        self._template = {key: conditions.decide(value) for key, value in whole.items() if key != "Conditions"}
        # Outputs tell of what is deployed.
        self._template.pop("Outputs", None)
        self._template["Globals"]["Function"]["Environment"]["Variables"].update(variables)
        # Each function's logical ID, by the name of its binary.
        self.functions: dict[str, str] = {}
        for logical_id, resource in self._template["Resources"].items():
            resource.pop("Condition", None)
            if resource["Type"] == "AWS::Serverless::Function":
                binary = resource["Metadata"]["BuildProperties"]["Binary"]
                resource["Properties"]["CodeUri"] = str(bootstraps / binary)
                self.functions[binary] = logical_id

    def write(self, path: Path) -> Path:
        """Writes it to a file."""
        path.write_text(yaml_dump(self._template), encoding="utf-8")
        return path


class _Conditions:
    """The conditions of a template, for given parameters."""

    def __init__(self, conditions: dict[str, Any], declared: dict[str, Any], given: dict[str, str]):
        self._conditions = conditions
        self._values = {name: str(one["Default"]) for name, one in declared.items() if "Default" in one} | given

    def hold(self, name: str | None) -> bool:
        """Whether a condition holds; none always does."""
        return name is None or self._evaluate(self._conditions[name])

    def decide(self, value: Any) -> Any:
        """A value with each If replaced by the branch that counts, and without what has no value."""
        if isinstance(value, dict):
            if value.keys() == {"Fn::If"}:
                name, yes, no = value["Fn::If"]
                return self.decide(yes if self.hold(name) else no)
            decided = {key: self.decide(item) for key, item in value.items()}
            return decided if value == _NO_VALUE else {k: v for k, v in decided.items() if v != _NO_VALUE}
        if isinstance(value, list):
            return [item for item in map(self.decide, value) if item != _NO_VALUE]
        return value

    def _evaluate(self, condition: Any) -> bool:
        ((function, operands),) = condition.items()
        match function:
            case "Condition":
                return self.hold(operands)
            case "Fn::Equals":
                left, right = map(self._text, operands)
                return left == right
            case "Fn::Not":
                return not self._evaluate(operands[0])
            case "Fn::And":
                return all(map(self._evaluate, operands))
            case "Fn::Or":
                return any(map(self._evaluate, operands))
        raise ValueError(f"a condition with {function}, which is not evaluated here")

    def _text(self, operand: Any) -> str:
        if not isinstance(operand, dict):
            return str(operand)
        if operand.keys() == {"Ref"} and operand["Ref"] in self._values:
            return self._values[operand["Ref"]]
        if operand.keys() == {"Fn::Join"}:
            separator, parts = operand["Fn::Join"]
            return separator.join(map(self._text, parts if isinstance(parts, list) else [parts]))
        raise ValueError(f"a condition about {operand}, which is not known here")
