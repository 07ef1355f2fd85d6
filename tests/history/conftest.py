"""History is tested on the log's own fixtures: a real database file, and a clock that is turned."""

from tests.log.conftest import clock as clock
from tests.log.conftest import database as database
from tests.log.conftest import database_options as database_options
from tests.log.conftest import make_database_log as make_database_log
from tests.log.conftest import make_event as make_event
