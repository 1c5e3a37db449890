/**
 * YAML to spec: every value keeps its origin, and all problems of all files are reported at once. The only package
 * that imports SnakeYAML.
 *
 * <p>The way of a file: bytes → {@code NodeParser} → {@code YamlNode} tree → {@code Layer} (one spelling per key) →
 * {@code ProfileResolver} and {@code NodeMerge} (extends, defaults) → {@code Yaml} cursor → one reader per group of keys
 * → {@code dev.ostler.spec}.
 */
package dev.ostler.yaml;
