from __future__ import annotations

import pytest

from pellucid.errors import ArgumentError, UnknownNameError, UnsupportedError
from pellucid.nn._serialize import Configured, Registry

animals = Registry("animal")


@animals.register("domestic_cat", "cat")
class DomesticCat(Configured):
    def __init__(self, lives=9):
        self.lives = lives

    def get_config(self):
        return {"lives": self.lives}


@animals.register()
def dog(): ...


class Optimizer:
    """Neither callable nor derived from anything here."""

    def get_config(self):
        return {"rate": 0.5}


def test_found_by_each_of_its_names():
    for name in ("domestic_cat", "cat", "DomesticCat"):
        assert type(animals.get(name)) is DomesticCat
    assert animals.get("dog") is dog


def test_found_by_class_by_instance_and_by_configuration():
    cat, optimizer = DomesticCat(), Optimizer()
    assert animals.get(cat) is cat
    assert animals.get(dog) is dog
    assert animals.get(optimizer) is optimizer
    assert animals.get(DomesticCat).lives == 9
    assert animals.get({"class_name": "cat", "config": {"lives": 7}}).lives == 7


def test_errors_offer_each_thing_once():
    with pytest.raises(UnknownNameError) as caught:
        animals.get("do")
    assert str(caught.value) == (
        "no animal is called 'do': expected one of 'domestic_cat', 'dog', received 'do'; try 'dog'."
    )
    with pytest.raises(UnknownNameError, match="'domestic_cat', 'dog', 'Horse'"):
        animals.deserialize("horse", {"Horse": Optimizer})


@pytest.mark.parametrize(
    "identifier", [None, 3, {}, {"class_name": ["cat"]}, {"class_name": "function"}], ids=repr
)
def test_what_cannot_be_meant(identifier):
    with pytest.raises((ArgumentError, UnknownNameError)):
        animals.get(identifier)


def test_written_down():
    assert animals.serialize(dog) == "dog"
    assert animals.serialize(DomesticCat(3)) == {"class_name": "DomesticCat", "config": {"lives": 3}}
    assert animals.serialize(Optimizer()) == {"class_name": "Optimizer", "config": {"rate": 0.5}}
    with pytest.raises(UnsupportedError, match="this animal cannot be written down"):
        animals.serialize(object())


def test_the_users_own_come_first():
    def dog(): ...

    assert animals.deserialize("dog", {"dog": dog}) is dog
    assert animals.serialize(dog) == {"class_name": "function", "config": "dog"}


def test_a_class_without_from_config_is_called():
    class Plain:
        def __init__(self, rate):
            self.rate = rate

    assert animals.deserialize({"class_name": "Plain", "config": {"rate": 2}}, {"Plain": Plain}).rate == 2


def test_a_configuration_says_how_it_was_made():
    assert repr(DomesticCat(3)) == "DomesticCat(lives=3)"
    assert Configured().get_config() == {}
    assert DomesticCat.from_config({"lives": 2}).lives == 2
    with pytest.raises(
        ArgumentError, match="DomesticCat cannot be made from this configuration: expected lives"
    ):
        DomesticCat.from_config({"life": 2})
