# make demo   a demonstration on this machine, with fictional customers
# make test   all tests, on SQLite, in Chromium and on PostgreSQL

PORT ?= 8000
export PORT

python := .venv/bin/python
demonstration := DEMONSTRATION=1 SECRET_KEY_FILE=var/secret_key WEBHOOK_NETWORKS=127.0.0.0/8,::1/128
# For commands that only read the code, such as the checkers
reading := SECRET_KEY=for-commands-that-only-read-the-code-and-keep-no-secret-0123456789

.PHONY: demo demo-reset test lint audit format lock messages openapi pictures

demo: .venv/.run var/secret_key
	@$(demonstration) $(python) manage.py migrate --verbosity 0
	@$(demonstration) $(python) manage.py createcachetable --verbosity 0
	@$(demonstration) $(python) manage.py collectstatic --noinput --verbosity 0
	@$(demonstration) $(python) manage.py seed_demo --client-file var/api_client
	@$(demonstration) .venv/bin/gunicorn --config gunicorn.conf.py partnercenter.wsgi

demo-reset:
	rm -f var/partnercenter.sqlite3 var/partnercenter.sqlite3-wal var/partnercenter.sqlite3-shm

test: .venv/.dev var/ms-partner-tools/.ready
	env -u TEST_DATABASE_URL $(python) -m pytest -m "not browser and not postgresql" -n 2
	env -u TEST_DATABASE_URL $(python) -m pytest -m browser
	$(python) -m tests.postgresql -n 2

lint: .venv/.dev
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(reading) $(python) -m mypy .
	$(python) -m djlint --quiet --lint templates
	$(python) -m bandit --quiet --configfile pyproject.toml --recursive \
		activitylog customers partnercenter manage.py gunicorn.conf.py
	$(reading) $(python) manage.py makemigrations --check --dry-run
	$(reading) HTTPS=1 TRUSTED_PROXY_COUNT=1 ALLOWED_HOSTS=localhost $(python) manage.py check --deploy --fail-level WARNING

# Known holes in what requirements.txt pins; needs the internet
audit: .venv/.dev
	$(python) -m pip_audit --progress-spinner off --disable-pip --requirement requirements.txt

format: .venv/.dev
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

# Collects the strings for translators, and compiles what they wrote. Needs gettext
messages: .venv/.dev
	$(reading) $(python) manage.py makemessages --locale ja --no-obsolete --add-location file \
		--ignore .venv --ignore tests --ignore var
	$(reading) $(python) manage.py compilemessages --locale ja --ignore .venv

# After a change of the API that is meant: the document with which its test compares
openapi: .venv/.dev
	$(reading) $(python) -m tests.partnercenter.api.snapshot

# Of a demonstration that runs on PORT
pictures: .venv/.dev
	$(python) -m tests.browser.pictures http://127.0.0.1:$(PORT)/

# Needs uv
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" pyproject.toml --group dev -o requirements-dev.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		--custom-compile-command "make lock" tests/production/ms-partner-tools.in \
		-o tests/production/ms-partner-tools.txt

.venv/bin/python:
	python3 -m venv .venv

.venv/.run: .venv/bin/python requirements.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: .venv/bin/python requirements-dev.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/.run

# A client of the API whose requirements contradict ours
var/ms-partner-tools/.ready: tests/production/ms-partner-tools.txt
	python3 -m venv var/ms-partner-tools
	var/ms-partner-tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

var/secret_key:
	@umask 077 && python3 -c "import secrets; print(secrets.token_urlsafe(50))" > $@
