"""What AWS Step Functions answers beyond moto: a definition judged, and the versions of a state machine."""

from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from werkzeug.wrappers import Response

from drills.emulator.call import Call, Store, as_json


def answer(call: Call, store: Store) -> Response | None:
    """Step Functions' answer, or nothing where moto has its own.

    A definition is parsed by moto's own interpreter, so a definition that it could not run is refused.
    """
    match call.action:
        case "ListStateMachineVersions":
            return as_json({"stateMachineVersions": []})
        case "ValidateStateMachineDefinition":
            return as_json(_judged(call.document["definition"]))
    return None


def _judged(definition: str) -> dict[str, object]:
    try:
        AmazonStateLanguageParser.parse(definition)
    except Exception as error:  # the parser raises whatever its grammar does
        found = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(error)[:500]}
        return {"result": "FAIL", "diagnostics": [found]}
    return {"result": "OK", "diagnostics": []}
