// Llama 3-V in JShell. Build once (mvn -q -DskipTests package), then, in the root of the checkout:
//
//   jshell --class-path "$(ls llama3v-train/target/llama3v-train-*.jar):$(ls -d llama3v-train/target/lib/*.jar | paste -sd:)" \
//     --add-modules jdk.incubator.vector -R--add-modules -Rjdk.incubator.vector -R-Xmx3g examples/jshell/quickstart.jsh
//
// After bash examples/quickstart.sh there is a model to talk to:
//
//   var chat = open("runs/tiny")
//   chat.ask("What colour is it?", image("runs/tiny/sample.png"))
//   chat.close()

import io.llama3v.adapter.*
import io.llama3v.backend.*
import io.llama3v.llama.*
import io.llama3v.nn.*
import io.llama3v.tensor.*
import io.llama3v.train.cli.Chat
import io.llama3v.vision.clip.*
import java.nio.file.Path

/** A run's most finished model, or a Hugging Face folder, with its tokenizer. */
Chat open(String path) throws java.io.IOException { return Chat.open(Path.of(path)); }

/** An image to ask about. */
Path image(String file) { return Path.of(file); }

// A gradient by hand: y = sum(x²), so dy/dx = 2x.
var backend = Backend.best()
var x = backend.tensor(new float[] {1, 2, 3}, 3).requireGrad(true)
try (Tape tape = Tape.record(backend)) { tape.backward(x.mul(x).sum()); }
System.out.println("x = " + java.util.Arrays.toString(x.toFloats()) + ", dy/dx = " + java.util.Arrays.toString(x.grad().toFloats()))
