"""Foretells which jobs of a workflow run."""

from .expressions import STATUS_FUNCTIONS, Expression


def needs_of(job):
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


class JobGraph:
    """The jobs of a workflow in one run. What a job answers is given: success unless `results` says otherwise."""

    def __init__(self, workflow, contexts, results=None, outputs=None):
        self.jobs = workflow["jobs"]
        self.contexts = contexts
        self.given = results or {}
        self.outputs = outputs or {}
        self.results = {}
        for name in self.jobs:
            self._run(name)

    @property
    def run(self):
        """The jobs that run."""
        return {name for name, result in self.results.items() if result != "skipped"}

    def _run(self, name):
        if name not in self.results:
            for need in needs_of(self.jobs[name]):
                self._run(need)
            runs = self._condition(name)
            self.results[name] = self.given.get(name, "success") if runs else "skipped"

    def _ancestors(self, name):
        direct = needs_of(self.jobs[name])
        return set(direct).union(*(self._ancestors(need) for need in direct))

    def _condition(self, name):
        """Without a function that asks for the state, a job runs if all before it succeeded, however far before it."""
        job = self.jobs[name]
        succeeded = all(self.results[ancestor] == "success" for ancestor in self._ancestors(name))
        if "if" not in job:
            return succeeded
        condition = Expression.of_condition(job["if"])
        functions = {
            "always": lambda: True,
            "cancelled": lambda: False,
            "success": lambda: succeeded,
        }
        needs = {
            need: {"result": self.results[need], "outputs": self.outputs.get(need, {}) if need in self.run else {}}
            for need in needs_of(job)
        }
        value = condition.evaluate(self.contexts | {"needs": needs}, functions)
        return bool(value) and (succeeded or bool(condition.functions & STATUS_FUNCTIONS))
