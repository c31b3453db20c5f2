/**
 * The command line: one class a verb, {@link io.llama3v.train.cli.Llama3vCommand} above them. Verbs only read arguments, call the
 * library and print; {@link io.llama3v.train.Llama3V} is what {@code generate} is made of, for programs and JShell.
 */
package io.llama3v.train.cli;
