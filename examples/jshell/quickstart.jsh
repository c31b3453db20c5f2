// Llama 3-V in JShell. Build once (mvn -q -DskipTests package), then, in the root of the checkout:
//
//   jshell --class-path "$(ls llama3v-train/target/llama3v-train-*.jar):$(ls -d llama3v-train/target/lib/*.jar | paste -sd:)" \
//     --add-modules jdk.incubator.vector -R--add-modules -Rjdk.incubator.vector -R-Xmx3g examples/jshell/quickstart.jsh
//
// After bash examples/quickstart.sh there is a model to talk to:
//
//   var m = Llama3V.open("runs/tiny")
//   m.ask(image("runs/tiny/sample.png"), "What colour is it?")
//   m.attention()                     // which tiles each layer looked at, as numbers
//   show(m.attention())               // and over the picture
//   plot("runs/tiny")                 // curves, samples and scores
//   m.close()

import io.llama3v.adapter.*
import io.llama3v.backend.*
import io.llama3v.data.pipeline.*
import io.llama3v.data.shard.*
import io.llama3v.llama.*
import io.llama3v.nn.*
import io.llama3v.tensor.*
import io.llama3v.train.*
import io.llama3v.train.optim.*
import io.llama3v.train.stage.*
import io.llama3v.vision.clip.*
import java.nio.file.Path
import static io.llama3v.train.Llama3V.image
import static io.llama3v.train.Llama3V.plot
import static io.llama3v.train.Llama3V.show

// A gradient by hand: y = sum(x²), so dy/dx = 2x.
var backend = Backend.best()
var x = backend.tensor(new float[] {1, 2, 3}, 3).requireGrad(true)
try (Tape tape = Tape.record(backend)) { tape.backward(x.mul(x).sum()); }
System.out.println("x = " + java.util.Arrays.toString(x.toFloats()) + ", dy/dx = " + java.util.Arrays.toString(x.grad().toFloats()))
