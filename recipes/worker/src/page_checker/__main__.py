"""`python -m page_checker submit URL` prints the id of a job, `python -m page_checker show ID` what became of it."""

import sys

from .queue import connect, find, submit


def main(arguments: list[str]) -> str:
    match arguments:
        case ["submit", url]:
            return submit(connect(), url).id
        case ["show", job_id]:
            job = find(connect(), job_id)
            status = job.get_status().value
            return f"{status}: {job.return_value()}" if status == "finished" else status
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    print(main(sys.argv[1:]))
