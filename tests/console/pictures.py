"""Takes the pictures of the documents again: pictures.py FOLDER. `make pictures` runs it."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from conftest import Run  # noqa: E402

os.environ["PICTURES"] = str(pathlib.Path(sys.argv[1]).resolve())
run = Run("console_pictures.mjs", SMTP_HOST=None, SMTP_PORT=None, SMTP_FROM_EMAIL=None, ORGD_EMAIL_METHOD="password")
said = run.process.communicate()[1]
run.close()
sys.exit(run.process.returncode and said)
