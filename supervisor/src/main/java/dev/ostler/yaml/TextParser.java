package dev.ostler.yaml;

/** Gives a text its meaning. */
@FunctionalInterface
interface TextParser<T> {
    T parse(String text) throws BadValue;
}
