"""Adds or removes an extension through a LibreOffice started for it: its own tool refuses to run as root.

manager.py PROGRAM PROFILE add FILE | remove IDENTIFIER, with a Python that has uno, 3.8 or newer.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import uno
import unohelper
from com.sun.star.connection import NoConnectException
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment, XProgressHandler

NAME = "xlclv.oxt"


class Environment(unohelper.Base, XCommandEnvironment, XInteractionHandler, XProgressHandler):
    """Says yes to every question."""

    def getInteractionHandler(self):
        return self

    def getProgressHandler(self):
        return self

    def handle(self, request):
        for choice in request.getContinuations():
            if choice.queryInterface(uno.getTypeByName("com.sun.star.task.XInteractionApprove")):
                choice.select()
                return

    def push(self, status):
        pass

    def update(self, status):
        pass

    def pop(self):
        pass


def connected(pipe, process):
    """Return the context of the LibreOffice that listens on a pipe."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(1200):
        try:
            return resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        except NoConnectException:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit("LibreOffice did not start")


def main(program, profile, action, what):
    pipe = "xlclv%d" % os.getpid()
    lock = os.path.join(profile, ".lock")
    was_open = os.path.exists(lock)
    process = subprocess.Popen(
        [program, "-env:UserInstallation=" + uno.systemPathToFileUrl(profile), "--headless", "--norestore"]
        + ["--accept=pipe,name=%s;urp;" % pipe],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        context = connected(pipe, process)
        manager = context.getByName("/singletons/com.sun.star.deployment.ExtensionManager")
        channel = manager.createAbortChannel()
        if action == "add":
            manager.addExtension(uno.systemPathToFileUrl(what), (), "user", channel, Environment())
        else:
            manager.removeExtension(what, NAME, "user", channel, Environment())
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        try:
            desktop.terminate()
        except Exception:  # the bridge goes down with it
            pass
        process.wait(60)
    finally:
        if process.poll() is None and os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)  # the program starts others
        elif process.poll() is None:
            process.kill()
        if not was_open and os.path.exists(lock):  # left by one that did not end well
            os.unlink(lock)


if __name__ == "__main__":
    main(*sys.argv[1:])
