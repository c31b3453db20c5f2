/**
 * A backend that computes nothing: models of any size run through it in milliseconds, and it says what the run would have cost in
 * operations and memory. Plans, and the floors of benchmarks, are made with it.
 */
package io.llama3v.backend.meta;
