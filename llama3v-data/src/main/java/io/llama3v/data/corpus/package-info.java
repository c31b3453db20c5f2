/**
 * A corpus of real, human-labelled pictures, made from icon WebJars: single icons, scenes, questions, texts.
 *
 * <h2>Folder</h2>
 * <pre>
 * corpus.json                              manifest, written last: settings, jars with SHA-256, counts
 * LICENSES.md, licences/FAMILY.txt         whose drawings these are
 * text/train.txt, text/validation.txt      one document a line
 * icons/train-NNNNNN.tar, icons/validation-*.tar            single icons, square
 * scenes/train-*.tar, scenes/validation-*.tar               captioned scenes
 * questions/train-*.tar, questions/validation-*.tar         scenes with questions
 * eval/concepts-*.tar        held-out concepts, one icon each, no logos and no flags
 * eval/family-*.tar          the held-out family (Font Awesome), one icon a concept
 * eval/questions-*.tar       one question a sample, the five kinds in turn; held-out concepts and words
 * eval/questions-seen-*.tar  the same with training concepts in new pictures
 * eval/captions-*.tar, eval/captions-seen-*.tar             captioned scenes, likewise
 * </pre>
 * The names {@code questions-*} and {@code captions-*} as globs also match the {@code -seen} sets; write
 * {@code questions-[0-9]*.tar}.
 *
 * <h2>Members</h2>
 * Each sample has {@code png} (8-bit RGB), {@code txt} (the main caption) and {@code json}. Boxes are
 * {@code [left, top, right, bottom]} in pixels, right and bottom excluded.
 *
 * <p>Icons: {@code icon} (family/name[/style]), {@code label}, {@code concept}, {@code split}
 * ({@code train|validation|heldout|family}), {@code family}, {@code name}, {@code style}, {@code tags[]},
 * {@code aliases[]}, {@code names} (label and up to four tags, never a colour: the retrieval candidate),
 * {@code caption}, {@code captions[]}, {@code colour} (not for flags), {@code background} ({@code light|dark}),
 * {@code width}, {@code height}, {@code box}, {@code licences[]}.
 *
 * <p>Scenes: {@code caption}, {@code captions[]}, {@code layout}
 * ({@code single|corners|sides|stack|row|column|group|mixed|text}), {@code width}, {@code height}, {@code background},
 * {@code objects[]} of {@code {icon, label, concept, split, colour, place, box}} where {@code place} is
 * {@code top left} … or empty, {@code text} ({@code {text, colour, box}}, on rendered words only),
 * {@code licences[]}; with questions also {@code conversations[]} of {@code {kind, question, answer, objects}}, where
 * {@code kind} is {@code what|colour|corner|count|read} and {@code objects} the number of icons in the picture.
 */
package io.llama3v.data.corpus;
