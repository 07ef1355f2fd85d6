"""`manage.py doctor`: what is wrong with this wall, and what helps."""

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from dashboard.ops.doctor import Level, examine

_SIGNS: Final[dict[Level, str]] = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}


class Command(BaseCommand):
    help = "Look at settings, database, disk and limits; say what is wrong and what helps."
    # Told among the findings, with everything else.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        styles = {"ok": self.style.SUCCESS, "warning": self.style.WARNING}
        findings = list(examine())
        for finding in findings:
            sign = styles.get(finding.level, self.style.ERROR)(_SIGNS[finding.level])
            self.stdout.write(f"{sign}  {finding.subject}: {finding.told}")
            if finding.remedy:
                self.stdout.write(f"         → {finding.remedy}")
        errors = sum(finding.level == "error" for finding in findings)
        warnings = sum(finding.level == "warning" for finding in findings)
        if errors:
            raise CommandError(f"errors: {errors}, warnings: {warnings}; the remedies are above")
        self.stdout.write(f"\nWarnings: {warnings}." if warnings else "\nAll is well.")
