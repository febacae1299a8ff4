"""What people do in a month, in the quantities that AWS bills."""

from dataclasses import dataclass, replace

from drills import capacity

GIB = 1.073741824  # decimal GB in one of the price lists' GB, which are 2**30 bytes


@dataclass(frozen=True, slots=True)
class Usage:
    """One month's use. Sizes are in the price lists' GB; Nodes and pods run all month."""

    users: float
    analyses: float
    files: float
    parts: float
    upload_gb: float
    result_gb: float
    download_gb: float
    page_gb: float
    requests: float
    vcpu_hours: float
    nodes: float
    api_pods: float

    @classmethod
    def billed(cls, people: capacity.Usage, nodes: float, api_pods: float) -> "Usage":
        """What so many people do, in the price lists' units, and the nodes and pods that carry them."""
        return cls(
            users=people.users,
            analyses=people.samples,
            files=people.files,
            parts=people.parts,
            upload_gb=people.upload_gb / GIB,
            result_gb=people.result_gb / GIB,
            download_gb=people.download_gb / GIB,
            page_gb=people.page_gb / GIB,
            requests=people.requests,
            vcpu_hours=people.vcpu_hours,
            nodes=nodes,
            api_pods=api_pods,
        )

    @property
    def file_kb(self) -> float:
        """The size of an uploaded file, in KB."""
        return self.upload_gb / self.files * 2**20 if self.files else 0.0

    @property
    def result_kb(self) -> float:
        """The size of a file's result, in KB."""
        return self.result_gb / self.files * 2**20 if self.files else 0.0

    def times(self, factor: float, *names: str) -> "Usage":
        """The same month with these quantities so many times as large."""
        return replace(self, **{name: getattr(self, name) * factor for name in names})
