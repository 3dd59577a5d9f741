// SPDX-License-Identifier: MIT
// node run_face_api.js WIDTH HEIGHT < packed-rgb > detections.json
const fs = require('fs');
const path = require('path');
const wasm = require('@tensorflow/tfjs-backend-wasm');

const folderOf = (name) => path.dirname(require.resolve(`${name}/package.json`));
const [width, height] = process.argv.slice(2).map(Number);

async function main() {
  wasm.setWasmPaths(`${folderOf('@tensorflow/tfjs-backend-wasm')}/dist/`);
  const faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  await faceapi.tf.setBackend('wasm');
  await faceapi.tf.ready();
  await faceapi.nets.ssdMobilenetv1.loadFromDisk(`${folderOf('@vladmandic/face-api')}/model`);
  const pixels = faceapi.tf.tensor(new Uint8Array(fs.readFileSync(0)), [height, width, 3], 'int32');
  const detect = async (minConfidence) => {
    const options = new faceapi.SsdMobilenetv1Options({ minConfidence, maxResults: 100 });
    const found = await faceapi.detectAllFaces(pixels, options);
    return found.map(({ score, box }) => ({ score, box: [box.x, box.y, box.width, box.height] }));
  };
  const answer = JSON.stringify({ faces: await detect(0.5), weak: await detect(0.1) });
  fs.writeFileSync(1, answer);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
