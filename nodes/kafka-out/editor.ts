export { prepare } from '../kafka-in/editor';
