"""The inputs, commands and exports that ``benchmarks.sameness`` runs."""

from __future__ import annotations

PUBLISHED = "../shared/data/wann-release"
# The inputs of the commands, copied under short names so that no output contains a local path.
INPUTS = {
    "robust.json": "examples/swingup_robust.json",
    "tuned.json": "examples/swingup_tuned.json",
    "biped.json": "examples/biped_tuned.json",
    "walk.json": "examples/biped_walk.json",
    "trot.json": "examples/a1_trot.json",
    "controller.json": "examples/hardware_test/controller.json",
    "plant.c": "examples/my_plant.c",
    "swing.out": f"{PUBLISHED}/champions/swing.out",
    "biped.out": f"{PUBLISHED}/champions/biped.out",
    "swing.zoo": f"{PUBLISHED}/zoo/cartpole_swingup.wann.json",
    "biped.zoo": f"{PUBLISHED}/zoo/biped.wann.json",
}
# Networks to export, and the options for each. Fixed point is measured in episodes, and those of
# the biped take long, so it has fewer options.
OPTIONS = ("float", "q15", "speed", "q31", "auto")
EXPORTED = {"controller": OPTIONS, "swing": OPTIONS, "tuned": OPTIONS, "biped": OPTIONS[:3]}

# A name, then the arguments of the command that the name begins with. {a,b} in a name stands for
# two lines, with a and b in place of {}. _completed adds outputs. A command may read what an
# earlier one wrote.
COMMANDS = """
help/all: --help
help/{demo,search,show,evaluate,tune,baseline,compare,import,export,list,verify,cost}: {} --help
help/{simulate,validate,stress,firmware,hil}: {} --help
list/{targets,formats,tasks}: {} --json
import/swing: swing.out --inputs 5 --outputs 1 --task swingup -o swing.json
import/swing-zoo: swing.out --inputs 5 --outputs 1 --weights swing.zoo --bias -1.5
import/biped-zoo: biped.out --inputs 24 --outputs 4 --task biped --weights biped.zoo --bias -1.87
search/fast: swingup --preset fast --generations 48 --population 32
search/paper: swingup --preset paper --generations 8
search/diverse: biped --preset diverse --generations 1 --population 8 --islands 2 --episodes 1
search/heats: swingup --preset diverse --generations 2 --population 16 --islands 2 --first-heat 1
search/draw: swingup --preset paper --weights uniform:-2,2 --sampling per-connection --generations 8
search/drawn-each: swingup --weights normal:0,1 --weights-per generation --draws 3
  --complexity nodes --generations 16 --population 32 --islands 2
search/instructions: swingup --complexity instructions:cortex-m0plus --generations 16
  --population 32 --islands 2 --start search/fast --seed 1
search/practice: swingup --preset paper --generations 4 --population 64 --episodes 2
  --finalists 8:2 --patience 150:3 --reward-floor -1 --disturb noise=1%,vary=20%,latency=1
search/gymnasium: gymnasium:CartPole-v1 --generations 2 --population 16
search/bullet: bullet/swingup --generations 1 --population 2
search/plant: plant.c --generations 16 --population 16 --islands 2
search/brief: brief.c --generations 4 --population 32 --islands 1 --weights 1.5
search/{cartpole,pendulum,mountaincar,acrobot,furuta,furuta-swingup,balancer,quadrotor}: {}
  --generations 1 --population 8 --islands 1
search/resumed: swingup --generations 16 --population 32
search/resumed-end: --resume search/resumed --generations 48 --workers 2
search/refused: swingup --preset none
tune/{shared,weights}: robust.json --mode {} --evaluations 100
tune/redrawn: controller.json --evaluations 2000 --redraw 8 --workers 1 --disturb noise=1%
tune/wired: walk.json --evaluations 16 --redraw 2 --wire-idle --workers 1
tune/folder: search/brief --workers 1
baseline/cartpole: cartpole --layers 2
baseline/{linear,lqr,energy}: pendulum --kind {} --evaluations 20 --json
baseline/pid: cartpole --kind pid --pair angle:push_sign --evaluations 20 --disturb noise=1%
compare/swing: swing.json controller.json --episodes 10
compare/json: robust.json --episodes 10 --core cortex-m0plus --json
show/run: search/fast --json
show/run-table: search/fast
show/connections: search/fast --connections 4 -o show/small.json --json
show/network: tuned.json --json
show/table: biped.json
show/refused: swing.zoo
evaluate/{tuned,controller}: {}.json --json
evaluate/table: swing.json
evaluate/weights: swing.json --weights -2,-1,0.86 --seed 3 --json
evaluate/biped: biped.json --episodes 20 --json
evaluate/{random-shared,random-weights,tuned-shared}: swing.json --mode {} --json
evaluate/plant: search/plant/champion.json --json
evaluate/gymnasium: biped.json --task gymnasium:BipedalWalker-v3 --episodes 1 --json
evaluate/refused: swing.json --task biped
verify/{host,onnxruntime,cortex-m0plus,cortex-m4f,rv32imc,avr,wasm32}: robust.json --target {}
  --episodes 2 --json
verify/{q15,auto}: swing.json --target host --dtype {} --episodes 4
verify/speed: biped.json --target host --optimize speed --episodes 2 --json
verify/refused: swing.json --target none
cost/{cortex-m0plus,cortex-m4f,rv32imc,avr,wasm32}: robust.json --target {} --states 10 --json
cost/q15: robust.json --states 10 --dtype q15 --target cortex-m0plus --json
cost/speed: swing.json --states 10 --optimize speed --target cortex-m4f --clock 168MHz
stress/all: robust.json --samples 3 --episodes 4 --json
stress/table: controller.json --baseline swing.json --samples 2 --episodes 2 --faults dead-node
validate/native: robust.json --workers 1 --episodes 10 --baseline swing.json --json
validate/table: swing.json --workers 1 --episodes 10
validate/bullet: robust.json --sim bullet/swingup --workers 1 --episodes 2 --json
validate/{c,onnxruntime}: robust.json --engine {} --workers 1 --episodes 2 --disturb noise=1% --json
simulate/{robust,trot}: {}.json --json
simulate/film: robust.json --video simulate/film.gif --picture simulate/film.png
hil/record: robust.json --board lm3s6965evb --episodes 1 --record hil/float.jsonl
hil/replay: robust.json --replay hil/float.jsonl --json
hil/replay-board: robust.json --board mps2-an386 --replay hil/float.jsonl
hil/q15: controller.json --board lm3s6965evb --episodes 1 --dtype q15 --record hil/q15.jsonl
hil/q15-replay: controller.json --dtype q15 --replay hil/q15.jsonl --json
hil/refused: swing.json --replay swing.json
export/{h,onnx}: controller.json -o export/control.{} --name mine
firmware/{lm3s6965evb,mps2-an386,mps2-an500,microbit,netduinoplus2,virt,arduino,bare}: tuned.json
  --board {}
firmware/q15: controller.json --board virt --dtype q15 --watchdog 0.5
"""
