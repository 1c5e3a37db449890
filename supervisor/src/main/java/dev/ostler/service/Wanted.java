package dev.ostler.service;

import java.util.Locale;

/** What the last accepted command asks for. */
public enum Wanted {
    UP,
    DOWN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
