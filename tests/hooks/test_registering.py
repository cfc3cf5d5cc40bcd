"""What may be registered: a function with a name that stays, whose call does something."""

from __future__ import annotations

import functools

import pytest

from sfconnector import hooks
from sfconnector.hooks import receiving


class Table:
    def note(self, change):
        """Is no function of a name that stays."""

    def __call__(self, change):
        """Neither."""


def plain(change):
    """Has a name."""


wrapped = functools.update_wrapper(functools.partial(plain), plain)


@pytest.mark.parametrize(
    "call",
    [lambda change: None, functools.partial(plain), wrapped, Table().note, Table()],
    ids=["lambda", "partial", "wrapped", "method", "object"],
)
def test_what_has_no_name_of_its_own_is_given_one_or_refused(call):
    with pytest.raises(ValueError, match=r"has no name of its own.*name="):
        hooks.on_records("Account")(call)
    hooks.on_records("Account", name="crm.a")(call)
    hooks.on_records("Account", name="crm.b")(functools.partial(call))
    assert receiving.receiver_named("crm.a").call == call
    assert receiving.receiver_named("crm.b").call != call


async def later(change):
    """Would never be awaited."""


def by_pieces(change):
    yield change


@pytest.mark.parametrize("call", [later, by_pieces])
@pytest.mark.parametrize("register", [hooks.on_records, hooks.sf_task])
def test_what_would_do_nothing_when_it_is_called_is_refused(call, register):
    with pytest.raises(ValueError, match="its call alone would do nothing"):
        register("Account")(call)


def test_two_of_one_factory_do_not_take_each_others_changes():
    def made(heard):
        @hooks.on_records("Account")
        def note(change):
            heard.append(change)

    made([])
    with pytest.raises(ValueError, match=r"Two receivers are called.*name="):
        made([])


def test_a_module_that_is_loaded_anew_takes_the_place_of_itself():
    code = "from sfconnector import hooks\n@hooks.on_records('Account')\ndef f(c): 1"
    exec(code, {"__name__": "crm.sf_hooks"})
    exec(code, {"__name__": "crm.sf_hooks"})
    assert receiving.receiver_named("crm.sf_hooks.f").patterns == (("Account", "*"),)
